using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using WsBalancer.Proxy.Tunnels;
using WsBalancer.Sockets;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// The body of a client's request. Records whether any of it was read, after which the request cannot be sent again,
/// and limits how long a read waits for the client.
/// </summary>
/// <remarks>
/// Reads the server's pipe, and not its stream: after a cancelled read of the stream the server cannot discard the rest
/// of the body, and would close the connection under an early response.
/// </remarks>
internal sealed class ClientBody(PipeReader body, TimeSpan? timeout, TimeProvider time) : ReadOnlyStream
{
    private volatile bool _isLate;

    public bool WasRead { get; private set; }

    public override async ValueTask<int> ReadAsync(
        Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // Set before the read, not after it: a read that is pending when the node closes may have taken bytes already.
        WasRead |= !buffer.IsEmpty;
        while (true)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                throw new NodeEndedException();
            }

            var read = body.ReadAsync(CancellationToken.None);
            var result = read.IsCompleted ? await read : await WaitAsync(read, cancellationToken);
            if (result.IsCanceled)
            {
                body.AdvanceTo(result.Buffer.Start);
                throw _isLate ? new BodyTimeoutException() : new NodeEndedException();
            }

            // The buffer belongs to the pipe again after AdvanceTo, so the bytes are copied before.
            var length = (int)Math.Min(result.Buffer.Length, buffer.Length);
            var part = result.Buffer.Slice(0, length);
            part.CopyTo(buffer.Span);
            body.AdvanceTo(part.End);
            if (length > 0 || buffer.IsEmpty || result.IsCompleted)
            {
                return length;
            }
        }
    }

    private async ValueTask<ReadResult> WaitAsync(ValueTask<ReadResult> read, CancellationToken cancellation)
    {
        using var onCancelled = cancellation.UnsafeRegister(
            static reader => CallbackState.Of<PipeReader>(reader).CancelPendingRead(), body);
        await using var deadline = timeout is { } gap
            ? time.CreateTimer(
                static self => CallbackState.Of<ClientBody>(self).EndWait(), this, gap, Timeout.InfiniteTimeSpan)
            : null;
        return await read;
    }

    private void EndWait()
    {
        _isLate = true;
        body.CancelPendingRead();
    }
}

/// <summary>A client sent nothing of its body for too long. YARP responds with the status of this exception.</summary>
internal sealed class BodyTimeoutException() : BadHttpRequestException(
    "The client sent nothing of its body for too long.", StatusCodes.Status408RequestTimeout);

/// <summary>
/// The exchange with the node ended before the client's body was read completely. The read is cancelled then, which
/// YARP reports as a failure of the client unless the exception has another status. If the client itself has
/// disconnected, YARP ignores this exception.
/// </summary>
internal sealed class NodeEndedException() : BadHttpRequestException(
    "The node did not receive the whole body.", StatusCodes.Status502BadGateway);
