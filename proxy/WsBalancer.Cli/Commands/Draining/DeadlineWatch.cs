namespace WsBalancer.Cli.Commands.Draining;

/// <summary>
/// Finds whether the deadline of a drain has passed. The balancer reports the seconds that are left; the watch also
/// works if it reports the whole time. A value above the one before means that the drain has a new deadline.
/// </summary>
internal sealed class DeadlineWatch(TimeProvider time)
{
    // The last tunnels are aborted at the deadline. Their ends are reported a moment later, and the next answer is read
    // later still.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    // In seconds: the value in an answer is rounded, and the answer takes a moment to arrive.
    private const double Noise = 1;

    private long _given = time.GetTimestamp();
    private double? _seconds;
    private double? _lastReported;

    public bool HasPassed(double? deadlineSeconds)
    {
        if (deadlineSeconds is not { } reported)
        {
            _seconds = _lastReported = null;
            return false;
        }

        if (_lastReported is not { } last || reported > last + Noise)
        {
            (_given, _seconds) = (time.GetTimestamp(), reported);
        }

        _lastReported = reported;
        return time.GetElapsedTime(_given).TotalSeconds > _seconds + Grace.TotalSeconds;
    }
}
