namespace WsBalancer.Proxy.Tunnels;

/// <summary>What passes through one tunnel, and when each side last spoke. Thread-safe, without locks.</summary>
internal sealed class TunnelActivity(TunnelLedger ledger, TimeProvider time)
{
    private long _lastFromClient = time.GetTimestamp();
    private long _lastFromNode = time.GetTimestamp();
    private long _bytesFromClient;
    private long _bytesFromNode;
    private long _framesFromClient;
    private long _framesFromNode;

    public TunnelTraffic Traffic => new(
        Interlocked.Read(ref _bytesFromClient),
        Interlocked.Read(ref _bytesFromNode),
        Interlocked.Read(ref _framesFromClient),
        Interlocked.Read(ref _framesFromNode));

    /// <summary>How long nothing has come from the client, and from the node.</summary>
    public (TimeSpan Client, TimeSpan Node) IdleFor => (
        time.GetElapsedTime(Interlocked.Read(ref _lastFromClient)),
        time.GetElapsedTime(Interlocked.Read(ref _lastFromNode)));

    public void HeardFromClient() => Interlocked.Exchange(ref _lastFromClient, time.GetTimestamp());

    public void HeardFromNode() => Interlocked.Exchange(ref _lastFromNode, time.GetTimestamp());

    public void FromClient(long bytes, long frames)
    {
        Interlocked.Add(ref _bytesFromClient, bytes);
        Interlocked.Add(ref _framesFromClient, frames);
        ledger.FromClient(bytes, frames);
    }

    public void FromNode(long bytes, long frames)
    {
        Interlocked.Add(ref _bytesFromNode, bytes);
        Interlocked.Add(ref _framesFromNode, frames);
        ledger.FromNode(bytes, frames);
    }
}
