namespace WsBalancer.Proxy.Peers;

/// <summary>
/// Decides whether a difference between balancers has lasted long enough for an alarm. A change reaches the balancers
/// one after the other, so a short difference is normal, and so are many short ones. Reads no clock: the time is an
/// argument.
/// </summary>
internal sealed class DisagreementClock
{
    private static readonly TimeSpan Tolerated = TimeSpan.FromSeconds(5);

    private string? _difference;
    private TimeSpan _since;

    /// <summary>The difference, once one has lasted for five seconds; else null.</summary>
    public string? Alarm { get; private set; }

    /// <param name="difference">The current difference, as a text that is unique to it; null if there is none.</param>
    /// <param name="now">The time since any fixed moment.</param>
    /// <returns>Whether the alarm was raised or has ended.</returns>
    public bool Observe(string? difference, TimeSpan now)
    {
        var was = Alarm;
        if (was is null && difference != _difference)
        {
            _since = now;
        }

        _difference = difference;
        Alarm = difference is not null && now - _since >= Tolerated ? difference : null;
        return was is null != Alarm is null;
    }
}
