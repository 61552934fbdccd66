using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Closing;

/// <summary>
/// Runs a <see cref="ClosingPlan"/> in steps: closes all due tunnels of a user together, at the plan's pace. The cost
/// of a step is bounded, however many tunnels there are: they are enumerated and sorted about once a second, and the
/// number that one step closes has a limit.
/// </summary>
internal sealed class ClosingRun(ClosingPlan plan, ClosingTally tally, TunnelRegistry tunnels, TimeProvider time)
{
    // With a step every 50 ms, 20,000 tunnels a second.
    private const int MaxPerStep = 1_000;

    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(1);

    private readonly ClosingQueue _queue = new(plan.Operation);
    private readonly Pace _pace = new(plan.Pace);
    private readonly long _begun = time.GetTimestamp();
    private long? _filled;
    private long _last = time.GetTimestamp();
    private bool _tookSome;
    private bool _wasIdle;

    public TimeSpan Elapsed => time.GetElapsedTime(_begun);

    /// <summary>Whether the deadline has raised the rate above that of the plan.</summary>
    public bool IsRaised => _pace.IsRaised;

    /// <summary>Due tunnels whose closing has not begun, as of the last second.</summary>
    public int Waiting => _queue.Remaining;

    /// <summary>The rate in tunnels per second, for a number of remaining tunnels.</summary>
    public double RateAt(long remaining, double share = 1) => _pace.RateAt(remaining, Elapsed, share);

    /// <summary>Closes the tunnels that are due now.</summary>
    public ClosingPhase Step()
    {
        var now = time.GetTimestamp();
        tally.Settle();
        Refill(now);
        if (_queue.IsEmpty)
        {
            // Idle time earns no credit: the next tunnels that are due begin with a step of ordinary length.
            _wasIdle = true;
            _last = now;
            return tally.Pending > 0 ? ClosingPhase.Ending : ClosingPhase.Done;
        }

        var step = _wasIdle ? PacedCloser.Step : time.GetElapsedTime(_last, now);
        _last = now;
        var share = plan.Share();
        var due = _pace.Next(_queue.Remaining, time.GetElapsedTime(_begun, now), step, share);
        Close(Math.Min(due, MaxPerStep));
        _wasIdle = due == 0 && RateAt(_queue.Remaining, share) == 0;
        return _wasIdle ? ClosingPhase.Idle : ClosingPhase.Closing;
    }

    // Fills the queue every second, since tunnels open and end; and when it has become empty, to find out whether other
    // tunnels are due.
    private void Refill(long now)
    {
        if (_filled is { } filled && time.GetElapsedTime(filled, now) < RefreshInterval
            && !(_queue.IsEmpty && _tookSome))
        {
            return;
        }

        _queue.Fill(plan.Source().Where(IsDue));
        _filled = now;
        _tookSome = false;
    }

    private void Close(int count)
    {
        var closed = 0;
        for (var looked = 0; closed < count && looked < MaxPerStep && _queue.Take() is { } user; looked++)
        {
            _tookSome = true;
            foreach (var tunnel in user.TunnelsIn(tunnels))
            {
                if (IsDue(tunnel)
                    && tunnel.Close(plan.CloseMessage.End, plan.CloseMessage.Code, plan.CloseMessage.Text))
                {
                    tally.Add(tunnel);
                    plan.Closed(tunnel);
                    closed++;
                }
            }
        }

        _pace.Spend(closed);
    }

    private bool IsDue(Tunnel tunnel) => !tunnel.IsClosing && plan.IsDue(tunnel);
}

/// <summary>The phase of a <see cref="ClosingRun"/>.</summary>
internal enum ClosingPhase
{
    /// <summary>Tunnels are due, and the pace closes them.</summary>
    Closing,

    /// <summary>Tunnels are due, but the pace closes none for now.</summary>
    Idle,

    /// <summary>All tunnels are closing, and some have not ended.</summary>
    Ending,

    /// <summary>No tunnel is due or closing.</summary>
    Done,
}
