namespace WsBalancer.Proxy.Closing;

/// <summary>
/// Computes how many tunnels to close: at the rate of the terms, and faster if the deadline requires it. Reads no
/// clock: times are arguments.
/// </summary>
internal sealed class Pace(PaceTerms terms)
{
    // Rounding to whole tunnels makes every pace a little uneven; only a higher rate counts as raised.
    private const double Noticeable = 1.05;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);

    // The first tunnel of an even pace is due at once: a single tunnel must not wait for the end of the time.
    private double _due = terms.IsEven ? 1 : 0;
    private bool _isLate;

    public PaceTerms Terms { get; } = terms;

    /// <summary>Whether the deadline has raised the rate above that of the terms.</summary>
    public bool IsRaised { get; private set; }

    /// <summary>
    /// Returns how many tunnels to close now. The caller passes the number that it has closed to <see cref="Spend"/>;
    /// if that is more, later steps close fewer.
    /// </summary>
    /// <param name="remaining">The due tunnels of this balancer whose closing has not begun.</param>
    /// <param name="elapsed">The time since the run began.</param>
    /// <param name="step">The time since the last call.</param>
    /// <param name="share">The part of the fleet's rate for this balancer, 0…1.</param>
    public int Next(int remaining, TimeSpan elapsed, TimeSpan step, double share = 1)
    {
        if (Terms.TimeLeft(elapsed) <= step)
        {
            return remaining;
        }

        var rate = RateAt(remaining, elapsed, share);
        _isLate |= Terms.RatePerSecond == 0 && rate > 0;
        IsRaised |= remaining > 0 && rate > Terms.RatePerSecond * share * Noticeable;
        _due = Math.Min(remaining, _due + (rate * step.TotalSeconds));
        return Math.Max(0, (int)_due);
    }

    /// <summary>Records the number of tunnels that were closed.</summary>
    public void Spend(int closed) => _due -= closed;

    /// <summary>The rate in tunnels per second, for a number of remaining tunnels.</summary>
    public double RateAt(long remaining, TimeSpan elapsed, double share = 1)
    {
        var needed = Terms.TimeLeft(elapsed) is { } left
            ? remaining / Math.Max(left.TotalSeconds, Shortest.TotalSeconds)
            : 0;
        if (Terms.RatePerSecond > 0)
        {
            return Math.Max(Terms.RatePerSecond * share, needed);
        }

        // Without a rate no tunnel is closed while the late rate can still meet the deadline; once closing has begun,
        // it continues.
        return _isLate || IsLate(remaining, needed, share) ? Math.Max(Terms.LateRatePerSecond * share, needed) : 0;
    }

    private bool IsLate(long remaining, double needed, double share) =>
        Terms is { RatePerSecond: 0, Over: not null } && remaining > 0 && needed >= Terms.LateRatePerSecond * share;
}

/// <summary>The terms of a <see cref="Pace"/>.</summary>
/// <param name="RatePerSecond">The minimum rate of the whole fleet; with 0 only the deadline determines the
/// rate.</param>
/// <param name="Over">The total time; null without a deadline.</param>
/// <param name="CloseTimeout">The time kept free at the end, for the answers to the last Close frames.</param>
/// <param name="LateRatePerSecond">Without a rate: the minimum rate from the moment at which the deadline requires
/// closing.</param>
internal readonly record struct PaceTerms(
    double RatePerSecond, TimeSpan? Over, TimeSpan CloseTimeout, double LateRatePerSecond = 0)
{
    /// <summary>Whether the tunnels are spread evenly over the time, without a minimum rate.</summary>
    public bool IsEven => RatePerSecond == 0 && LateRatePerSecond == 0 && Over is not null;

    /// <summary>The time left until the closing of all tunnels must have begun; null without a deadline.</summary>
    public TimeSpan? TimeLeft(TimeSpan elapsed) => Over - CloseTimeout - elapsed;
}
