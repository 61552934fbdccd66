using WsBalancer.Sockets.Loops;

namespace WsBalancer.Proxy.Tests.Sockets.Loops;

/// <summary>Sends the bytes that one socket receives to another, no faster than that one can send.</summary>
internal sealed class Relay : ISocketHandler
{
    private readonly LoopSocket _from;
    private readonly LoopSocket _to;

    private Relay(LoopSocket from, LoopSocket to)
    {
        _from = from;
        _to = to;
    }

    /// <summary>
    /// Takes over both sockets: the first for its bytes and its end, the second for its writable events.
    /// </summary>
    public static void Start(LoopSocket from, LoopSocket to)
    {
        var relay = new Relay(from, to);
        from.Handler = relay;
        to.Handler = relay;
        from.Receive();
    }

    public void OnReceived(ReadOnlySpan<byte> bytes)
    {
        _to.Send(bytes);
        if (_to.UnsentBytes > 0)
        {
            _from.Pause();
        }
    }

    public void OnWritable() => _from.Receive();

    public void OnEof() => _to.ShutdownSend();

    public void OnError(int error) => _to.Reset();
}
