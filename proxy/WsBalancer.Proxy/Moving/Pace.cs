namespace WsBalancer.Proxy.Moving;

/// <summary>
/// How many tunnels are due to be closed: at least so many a second, and more if the deadline asks for it. Pure.
/// </summary>
/// <param name="ratePerSecond">The floor.</param>
/// <param name="over">The time in all.</param>
/// <param name="closeTimeout">Kept free at the end, for the answers to the last Close frames.</param>
internal sealed class Pace(double ratePerSecond, TimeSpan over, TimeSpan closeTimeout)
{
    private double _due;

    /// <summary>
    /// Says how many to close now. What is closed is told with <see cref="Spend"/>: it may be more, and is then owed.
    /// </summary>
    /// <param name="remaining">How many are open and not asked to close yet.</param>
    /// <param name="elapsed">Since the beginning.</param>
    /// <param name="step">Since the last call.</param>
    public int Next(int remaining, TimeSpan elapsed, TimeSpan step)
    {
        var left = over - closeTimeout - elapsed;
        if (left <= step)
        {
            return remaining;
        }

        _due = Math.Min(remaining, _due + (Math.Max(ratePerSecond, remaining / left.TotalSeconds) * step.TotalSeconds));
        return Math.Max(0, (int)_due);
    }

    /// <summary>Records what was closed.</summary>
    public void Spend(int closed) => _due -= closed;
}
