using System.Buffers;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Placement.Http;

/// <summary>The body of a request toward a node: each piece is sent at once, as a chunk if the body has no length.
/// </summary>
internal sealed class RequestBodyStream(NodeConnection connection, bool isChunked) : DuplexStream
{
    /// <summary>Whether a write to the node failed.</summary>
    public bool HasFailed { get; private set; }

    public override bool CanRead => false;

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return;
        }

        if (!isChunked)
        {
            await SendAsync(buffer, cancellationToken);
            return;
        }

        // Chunk and framing are one write, and so one segment.
        var chunk = ArrayPool<byte>.Shared.Rent(ChunkFrame.MaxBefore + buffer.Length + ChunkFrame.After);
        try
        {
            await SendAsync(chunk.AsMemory(0, ChunkFrame.Write(buffer.Span, chunk)), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    /// <summary>Sends what follows the last piece.</summary>
    public ValueTask EndAsync(CancellationToken cancellation) =>
        isChunked && !HasFailed ? SendAsync("0\r\n\r\n"u8.ToArray(), cancellation) : ValueTask.CompletedTask;

    // Each piece has been sent already.
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("A request body is only written.");

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            await connection.SendAsync(bytes, cancellation);
        }
        catch
        {
            HasFailed = true;
            throw;
        }
    }
}
