using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Tunnels;

/// <summary>
/// The account of one node: counts its tunnels and other events. Active tunnels have no count of their own: they are
/// the opened tunnels less the closed ones, so that the three agree in every reading. Thread-safe, without locks.
/// </summary>
internal sealed class TunnelLedger
{
    // This bit of the count of opened tunnels marks a closed account: one compare-exchange of the count closes the
    // account only if no tunnel was opened in the meantime.
    private const long ClosedMark = 1L << 62;

    private readonly long[] _closed = new long[TunnelEndLabel.All.Count];
    private long _opened;
    private long _bytesFromClients;
    private long _bytesFromNode;
    private long _framesFromClients;
    private long _framesFromNode;

    /// <summary>The counts of other events of the node, such as handshakes and probes.</summary>
    public NodeCounts Counts { get; } = new();

    /// <summary>Whether the node is in the fleet. Written by <see cref="TunnelRegistry"/> alone.</summary>
    public bool IsInFleet { get; set; }

    /// <summary>Whether a scrape has published the account. Written by <see cref="TunnelRegistry"/> alone.</summary>
    public bool IsPublished { get; set; }

    /// <summary>As in <see cref="LedgerReading"/>, without an allocation: limits read it at every handshake.</summary>
    public long Active
    {
        get
        {
            var closed = 0L;
            for (var i = 0; i < _closed.Length; i++)
            {
                closed += Interlocked.Read(ref _closed[i]);
            }

            return Opened - closed;
        }
    }

    private long Opened => Interlocked.Read(ref _opened) & ~ClosedMark;

    /// <summary>Counts a tunnel that opens.</summary>
    /// <returns>Whether the tunnel was counted; false if the account is closed.</returns>
    public bool TryOpen()
    {
        if ((Interlocked.Increment(ref _opened) & ClosedMark) == 0)
        {
            return true;
        }

        Interlocked.Decrement(ref _opened);
        return false;
    }

    /// <summary>Closes the account for good, unless a tunnel is open.</summary>
    public bool TryClose()
    {
        var opened = Interlocked.Read(ref _opened);
        return Active == 0 && Interlocked.CompareExchange(ref _opened, opened | ClosedMark, opened) == opened;
    }

    public void Closed(TunnelEnd end) => Interlocked.Increment(ref _closed[(int)end]);

    public void AddForwarded(TunnelSide from, long bytes, long frames)
    {
        if (from == TunnelSide.Client)
        {
            Interlocked.Add(ref _bytesFromClients, bytes);
            Interlocked.Add(ref _framesFromClients, frames);
        }
        else
        {
            Interlocked.Add(ref _bytesFromNode, bytes);
            Interlocked.Add(ref _framesFromNode, frames);
        }
    }

    /// <summary>Reads all counts. Closed is read before opened, so active is never negative.</summary>
    public LedgerReading Read()
    {
        var closed = new long[_closed.Length];
        for (var i = 0; i < closed.Length; i++)
        {
            closed[i] = Interlocked.Read(ref _closed[i]);
        }

        return new LedgerReading(
            Opened,
            closed,
            Interlocked.Read(ref _bytesFromClients),
            Interlocked.Read(ref _bytesFromNode),
            Interlocked.Read(ref _framesFromClients),
            Interlocked.Read(ref _framesFromNode));
    }
}

/// <summary>
/// A <see cref="TunnelLedger"/> at one moment. <paramref name="Closed"/> is indexed by <see cref="TunnelEnd"/>.
/// </summary>
internal sealed record LedgerReading(
    long Opened, long[] Closed, long BytesFromClients, long BytesFromNode, long FramesFromClients, long FramesFromNode)
{
    public long Active => Opened - Closed.Sum();
}
