using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Moving;

/// <summary>Counts what was closed, and what became of it. One thread writes, any may read.</summary>
internal sealed class ClosingTally
{
    private readonly List<Tunnel> _pending = [];
    private long _closed;
    private long _forced;
    private volatile int _pendingCount;

    /// <summary>Tunnels that were asked to close.</summary>
    public long Closed => Interlocked.Read(ref _closed);

    /// <summary>Those of them whose client did not answer, so that they were cut.</summary>
    public long Forced => Interlocked.Read(ref _forced);

    /// <summary>Those of them that are still open.</summary>
    public int Pending => _pendingCount;

    public void Add(Tunnel tunnel)
    {
        _pending.Add(tunnel);
        _pendingCount = _pending.Count;
        Interlocked.Increment(ref _closed);
    }

    /// <summary>Looks which of them have ended.</summary>
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
