using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Moving;

/// <summary>
/// Carries a <see cref="ClosingPlan"/> out, step by step: whole users, at its pace. What a step may cost is bounded,
/// however many tunnels there are: they are walked and sorted once a second, and so many are closed at once at most.
/// </summary>
internal sealed class ClosingRun(ClosingPlan plan, ClosingTally tally, TunnelRegistry tunnels, TimeProvider time)
{
    // With a step every 50 ms, 20,000 a second: more than a balancer has.
    private const int MostInAStep = 1_000;

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly ClosingQueue _queue = new(plan.Operation);
    private readonly Pace _pace = new(plan.Pace);
    private readonly long _begun = time.GetTimestamp();
    private long? _filled;
    private long _last = time.GetTimestamp();
    private bool _tookSome;
    private bool _wasIdle;

    public TimeSpan Elapsed => time.GetElapsedTime(_begun);

    /// <summary>Whether the deadline made it faster than it was asked to be.</summary>
    public bool IsRaised => _pace.IsRaised;

    /// <summary>Tunnels that are yet to be asked to close, as of the last second.</summary>
    public int Waiting => _queue.Remaining;

    /// <summary>Tunnels a second, for so many that remain.</summary>
    public double RateAt(long remaining, double share = 1) => _pace.RateAt(remaining, Elapsed, share);

    /// <summary>Closes what is due by now.</summary>
    public ClosingPhase Step()
    {
        var now = time.GetTimestamp();
        tally.Settle();
        Refill(now);
        if (_queue.IsEmpty)
        {
            // Idleness is not saved up: what comes next begins with an ordinary step.
            _wasIdle = true;
            _last = now;
            return tally.Pending > 0 ? ClosingPhase.Ending : ClosingPhase.Done;
        }

        var step = _wasIdle ? PacedCloser.Step : time.GetElapsedTime(_last, now);
        _last = now;
        var share = plan.Share();
        var due = _pace.Next(_queue.Remaining, time.GetElapsedTime(_begun, now), step, share);
        Close(Math.Min(due, MostInAStep));
        _wasIdle = due == 0 && RateAt(_queue.Remaining, share) == 0;
        return _wasIdle ? ClosingPhase.Idle : ClosingPhase.Closing;
    }

    // Anew after a second, for what came and went meanwhile; or when it is used up, to see whether that was all.
    private void Refill(long now)
    {
        if (_filled is { } filled && time.GetElapsedTime(filled, now) < Fresh && !(_queue.IsEmpty && _tookSome))
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
        for (var looked = 0; closed < count && looked < MostInAStep && _queue.Take() is { } user; looked++)
        {
            _tookSome = true;
            foreach (var tunnel in user.TunnelsIn(tunnels))
            {
                if (IsDue(tunnel) && tunnel.Close(plan.Farewell.End, plan.Farewell.Code, plan.Farewell.Text))
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

/// <summary>Where a <see cref="ClosingRun"/> is.</summary>
internal enum ClosingPhase
{
    /// <summary>There are tunnels to close.</summary>
    Closing,

    /// <summary>There are, but not now.</summary>
    Idle,

    /// <summary>All were asked to close, and some have not ended.</summary>
    Ending,

    /// <summary>There are none.</summary>
    Done,
}
