using System.Net.Sockets;
using System.Threading.Channels;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Clients;

/// <summary>
/// One stream of an <see cref="Http2Connection"/>: a WebSocket whose FIN is END_STREAM and whose RST is RST_STREAM.
/// </summary>
internal sealed class Http2Stream(Http2Connection connection, int id) : WireEnd
{
    // The entry ":status: 200" of HPACK's static table.
    private const byte Status200 = 0x88;
    private const uint Cancel = 0x8;

    private readonly TaskCompletionSource<bool> _accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<byte[]> _received = Channel.CreateUnbounded<byte[]>();
    private ReadOnlyMemory<byte> _rest;
    private volatile bool _over;
    private bool _left;

    /// <summary>Whether the server has ended this stream, even if its data has not been read.</summary>
    public bool IsOver => _over;

    public Task<bool> Accepted() => _accepted.Task.WaitAsync(Deadline.Default, TestContext.Current.CancellationToken);

    /// <summary>Processes a frame that the server sent on this stream.</summary>
    public void Take(Http2Frame frame)
    {
        switch (frame.Type)
        {
            case Http2FrameType.Headers:
                _accepted.TrySetResult(frame.Payload is [Status200, ..]);
                break;
            case Http2FrameType.Data:
                _received.Writer.TryWrite(frame.Payload);
                break;
            case Http2FrameType.Reset:
                Ended($"The stream was reset with {frame.Payload[^1]}.");
                break;
        }

        // A server may send RST_STREAM after END_STREAM, to stop the client: the stream has ended in order all the
        // same.
        if (frame.Type is Http2FrameType.Headers or Http2FrameType.Data && frame.Has(Http2Frame.EndStream))
        {
            _over = true;
            _received.Writer.TryComplete();
        }
    }

    /// <summary>Ends the stream without END_STREAM from the server: pending and later reads fail.</summary>
    public void Ended(string why)
    {
        _over = true;
        _accepted.TrySetException(new IOException(why));
        _received.Writer.TryComplete(new SocketException((int)SocketError.ConnectionReset, why));
    }

    public override void HalfClose() => Leave(new(Http2FrameType.Data, Http2Frame.EndStream, id, []));

    public override void Reset() => Leave(new(Http2FrameType.Reset, 0, id, Http2Frame.Numbers((4, Cancel))));

    // An open stream is reset; the connection stays open for the other streams.
    public override void Dispose()
    {
        if (!_left)
        {
            Reset();
        }
    }

    protected override async Task Transmit(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        for (var sent = 0; sent < bytes.Length; sent += Http2Frame.MaxPayload)
        {
            var some = bytes[sent..Math.Min(bytes.Length, sent + Http2Frame.MaxPayload)];
            await connection.Send(new(Http2FrameType.Data, 0, id, some.ToArray()), cancellation);
        }
    }

    protected override async ValueTask<int> Receive(Memory<byte> buffer, CancellationToken cancellation)
    {
        while (_rest.IsEmpty)
        {
            if (!await _received.Reader.WaitToReadAsync(cancellation))
            {
                return 0;
            }

            _received.Reader.TryRead(out var next);
            _rest = next;
        }

        var count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        var more = Http2Frame.Numbers((4, (uint)count));
        await connection.Send(new(Http2FrameType.WindowUpdate, 0, id, more), cancellation);
        return count;
    }

    private void Leave(Http2Frame frame)
    {
        _left = true;
        _ = connection.Send(frame);
    }
}
