using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Closing;

/// <summary>Counts closed tunnels, and how they ended. One thread writes, any thread may read.</summary>
internal sealed class ClosingTally
{
    private readonly List<Tunnel> _pending = [];
    private long _closed;
    private long _forced;
    private volatile int _pendingCount;

    /// <summary>Tunnels whose closing has begun; they may have ended since.</summary>
    public long Closed => Interlocked.Read(ref _closed);

    /// <summary>Closed tunnels that were aborted, since the client did not answer the Close frame in time.</summary>
    public long Forced => Interlocked.Read(ref _forced);

    /// <summary>Closed tunnels that have not ended.</summary>
    public int Pending => _pendingCount;

    public void Add(Tunnel tunnel)
    {
        _pending.Add(tunnel);
        _pendingCount = _pending.Count;
        Interlocked.Increment(ref _closed);
    }

    /// <summary>Counts the tunnels that have ended since the last call.</summary>
    public void Settle()
    {
        var forced = 0;
        _pending.RemoveAll(tunnel =>
        {
            forced += tunnel is { HasEnded: true, Forced: true } ? 1 : 0;
            return tunnel.HasEnded;
        });
        Interlocked.Add(ref _forced, forced);
        _pendingCount = _pending.Count;
    }
}
