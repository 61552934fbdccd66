namespace WsBalancer.Proxy.Tunnels;

/// <summary>
/// The account of one node's tunnels. Active is never counted by itself: it is what was opened less what was
/// closed, so that the three agree whenever they are read. Thread-safe, without locks.
/// </summary>
internal sealed class TunnelLedger
{
    private readonly long[] _closed = new long[TunnelEndLabel.All.Count];
    private long _opened;
    private long _bytesFromClients;
    private long _bytesFromNode;
    private long _framesFromClients;
    private long _framesFromNode;

    /// <summary>As in a reading, but without allocating: limits ask at every handshake.</summary>
    public long Active
    {
        get
        {
            var closed = 0L;
            for (var i = 0; i < _closed.Length; i++)
            {
                closed += Interlocked.Read(ref _closed[i]);
            }

            return Interlocked.Read(ref _opened) - closed;
        }
    }

    public void Opened() => Interlocked.Increment(ref _opened);

    public void Closed(TunnelEnd end) => Interlocked.Increment(ref _closed[(int)end]);

    public void Passed(TunnelSide from, long bytes, long frames)
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

    /// <summary>Reads everything at once. Closed is read before opened, so active is never negative.</summary>
    public LedgerReading Read()
    {
        var closed = new long[_closed.Length];
        for (var i = 0; i < closed.Length; i++)
        {
            closed[i] = Interlocked.Read(ref _closed[i]);
        }

        return new LedgerReading(
            Interlocked.Read(ref _opened),
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
