namespace WsBalancer.Proxy.Moving;

/// <summary>
/// Whether a difference has lasted: a change reaches the balancers one after the other, and that alone is no alarm, nor
/// are many such changes. Pure.
/// </summary>
internal sealed class DisagreementClock
{
    private static readonly TimeSpan Tolerated = TimeSpan.FromSeconds(5);

    private string? _difference;
    private TimeSpan _since;

    /// <summary>The difference that has lasted; null if there is none.</summary>
    public string? Alarm { get; private set; }

    /// <param name="difference">The difference now, in words that are others for another one; null if there is
    /// none.</param>
    /// <param name="now">The time, from any moment on.</param>
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
