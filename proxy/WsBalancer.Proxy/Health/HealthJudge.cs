using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Health;

/// <summary>
/// Judges one node by the results of probes and connects, with hysteresis. No clock, no I/O. Not thread-safe: the owner
/// locks.
/// </summary>
internal sealed class HealthJudge
{
    private int _failures;
    private int _successes;
    private int _connectFailures;

    public NodeHealth Verdict { get; private set; }

    public void ProbeSucceeded(HealthOptions options)
    {
        _failures = 0;
        _successes++;

        // One success is enough for a node in the unknown state; an unhealthy node needs Rise of them in a row.
        if (Verdict == NodeHealth.Unknown || _successes >= options.Rise)
        {
            Become(NodeHealth.Healthy);
        }
    }

    public void ProbeFailed(HealthOptions options)
    {
        _successes = 0;
        _failures++;
        if (_failures >= options.Fall)
        {
            Become(NodeHealth.Unhealthy);
        }
    }

    /// <summary>A user's connect succeeded. Only probes make an unhealthy node healthy again.</summary>
    public void ConnectSucceeded() => _connectFailures = 0;

    /// <summary>A user's connect failed. Enough failures in a row make the node unhealthy until probes succeed.
    /// </summary>
    public void ConnectFailed(HealthOptions options)
    {
        _connectFailures++;
        if (_connectFailures >= options.ConnectFailures)
        {
            Become(NodeHealth.Unhealthy);
        }
    }

    private void Become(NodeHealth verdict)
    {
        if (Verdict != verdict)
        {
            _successes = 0;
            _failures = 0;
            _connectFailures = 0;
        }

        Verdict = verdict;
    }
}
