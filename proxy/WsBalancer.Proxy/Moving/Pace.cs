namespace WsBalancer.Proxy.Moving;

/// <summary>
/// How many tunnels are due to be closed: at least so many a second, and more if the deadline asks for it. Pure.
/// </summary>
internal sealed class Pace(PaceTerms terms)
{
    // Rounding to whole tunnels makes every pace a little uneven: that alone is no haste.
    private const double Noticeable = 1.05;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);

    // The first of an even pace is due at once: a single tunnel does not wait for the end of the time.
    private double _due = terms.IsEven ? 1 : 0;
    private bool _isLate;

    public PaceTerms Terms { get; } = terms;

    /// <summary>Whether the deadline made it faster than it was asked to be.</summary>
    public bool IsRaised { get; private set; }

    /// <summary>
    /// Says how many to close now. What is closed is told with <see cref="Spend"/>: it may be more, and is then owed.
    /// </summary>
    /// <param name="remaining">How many are open here and not asked to close yet.</param>
    /// <param name="elapsed">Since the beginning.</param>
    /// <param name="step">Since the last call.</param>
    /// <param name="share">The part of the fleet's rate that is this balancer's.</param>
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

    /// <summary>Records what was closed.</summary>
    public void Spend(int closed) => _due -= closed;

    /// <summary>Tunnels a second, for so many that remain.</summary>
    public double RateAt(long remaining, TimeSpan elapsed, double share = 1)
    {
        var needed = Terms.TimeLeft(elapsed) is { } left
            ? remaining / Math.Max(left.TotalSeconds, Shortest.TotalSeconds)
            : 0;
        if (Terms.RatePerSecond > 0)
        {
            return Math.Max(Terms.RatePerSecond * share, needed);
        }

        // Without a rate it waits for as long as the deadline can still be kept without haste; then it goes on.
        return _isLate || IsLate(remaining, needed, share) ? Math.Max(Terms.LateRatePerSecond * share, needed) : 0;
    }

    private bool IsLate(long remaining, double needed, double share) =>
        Terms is { RatePerSecond: 0, Over: not null } && remaining > 0 && needed >= Terms.LateRatePerSecond * share;
}

/// <summary>What a <see cref="Pace"/> has to keep.</summary>
/// <param name="RatePerSecond">The floor, in the whole fleet; 0 leaves the pace to the deadline.</param>
/// <param name="Over">The time in all; null without a deadline.</param>
/// <param name="CloseTimeout">Kept free at the end, for the answers to the last Close frames.</param>
/// <param name="LateRatePerSecond">Without a rate: that at which it closes once the deadline asks for it.</param>
internal readonly record struct PaceTerms(
    double RatePerSecond, TimeSpan? Over, TimeSpan CloseTimeout, double LateRatePerSecond = 0)
{
    /// <summary>
    /// Whether the tunnels are spread evenly over the time, without a rate as a floor.
    /// </summary>
    public bool IsEven => RatePerSecond == 0 && LateRatePerSecond == 0 && Over is not null;

    /// <summary>Until when all must have been asked to close; null without a deadline.</summary>
    public TimeSpan? TimeLeft(TimeSpan elapsed) => Over - CloseTimeout - elapsed;
}
