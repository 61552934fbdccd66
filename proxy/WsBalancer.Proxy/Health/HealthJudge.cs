using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Health;

/// <summary>
/// Judges one node by what it is told, with hysteresis: pure, no clock, no I/O. Not thread-safe; its owner locks.
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

        // A node that nothing is known of is believed at once; one that fell has to earn it.
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

    /// <summary>A user's connect succeeded. It proves nothing about a node that probes find unhealthy.</summary>
    public void ConnectSucceeded() => _connectFailures = 0;

    /// <summary>A user's connect failed. Enough of them make the node unhealthy until probes say otherwise.</summary>
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
