using WsBalancer.Proxy.Sockets.Loops;

namespace WsBalancer.Proxy.Tests.Sockets.Loops;

/// <summary>Passes what one socket receives on to another, no faster than that takes it.</summary>
internal sealed class Relay : ISocketHandler
{
    private readonly LoopSocket _from;
    private readonly LoopSocket _to;

    private Relay(LoopSocket from, LoopSocket to)
    {
        _from = from;
        _to = to;
    }

    /// <summary>Takes the sockets over: the one's bytes and end, the other's room for more.</summary>
    public static void Start(LoopSocket from, LoopSocket to)
    {
        var relay = new Relay(from, to);
        from.Handler = relay;
        to.Handler = relay;
        from.Receive();
    }

    public void Received(ReadOnlySpan<byte> bytes)
    {
        _to.Send(bytes);
        if (_to.Unsent > 0)
        {
            _from.Pause();
        }
    }

    public void Writable() => _from.Receive();

    public void Ended() => _to.Finish();

    public void Failed(int error) => _to.Reset();
}
