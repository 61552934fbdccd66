namespace WsBalancer.Cli.Commands.Draining;

/// <summary>
/// Whether a drain has had the time it was given. The balancer says how long that is; whether it says it as it was
/// asked for or as what is left does not matter, but when it grows somebody has given the drain more.
/// </summary>
internal sealed class DeadlineWatch(TimeProvider time)
{
    // The last closes are forced at the deadline: their ends are told a moment later, and the next answer later still.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    // An answer is rounded, and on its way for a moment.
    private const double Noise = 1;

    private long _given = time.GetTimestamp();
    private double? _seconds;
    private double? _lastSaid;

    public bool HasPassed(double? deadlineSeconds)
    {
        if (deadlineSeconds is not { } said)
        {
            _seconds = _lastSaid = null;
            return false;
        }

        if (_lastSaid is not { } last || said > last + Noise)
        {
            (_given, _seconds) = (time.GetTimestamp(), said);
        }

        _lastSaid = said;
        return time.GetElapsedTime(_given).TotalSeconds > _seconds + Grace.TotalSeconds;
    }
}
