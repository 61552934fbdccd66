namespace WsBalancer.Proxy.Rebalancing;

/// <summary>
/// Decides when a rebalance begins without an operator: once for every change of homes, when the cluster has been
/// stable for long enough. Reads no clock: the time is an argument.
/// </summary>
internal sealed class AutoRebalanceCore
{
    private long? _served;
    private string? _state;
    private TimeSpan _stableSince;

    /// <summary>Processes the state of the cluster; called once a second.</summary>
    /// <returns>Whether to begin a rebalance now, if it would close any tunnel.</returns>
    public bool Observe(ClusterObservation observation, TimeSpan now, TimeSpan? after)
    {
        // The homes at the start of this balancer do not count as a change.
        _served ??= observation.HomesChangedAt;
        if (_state != observation.State || observation.IsDisputed)
        {
            _state = observation.State;
            _stableSince = now;
        }

        // A rebalance covers the change, whichever balancer or operator began it, and even if an operator ends it.
        if (observation.IsRebalancing)
        {
            _served = observation.HomesChangedAt;
        }

        return observation.HomesChangedAt != _served && now - _stableSince >= after;
    }

    /// <summary>Records that a rebalance was begun for this state of the cluster.</summary>
    public void Begun(ClusterObservation observation) => _served = observation.HomesChangedAt;
}

/// <summary>The state of a cluster at one moment.</summary>
/// <param name="HomesChangedAt">The timestamp at which the ring last changed, or a drain began or ended.</param>
/// <param name="State">A text that differs whenever the ring, a drain or a node's health differs.</param>
/// <param name="IsDisputed">Whether the balancers disagree.</param>
/// <param name="IsRebalancing">Whether a rebalance runs or is paused.</param>
internal readonly record struct ClusterObservation(
    long HomesChangedAt, string State, bool IsDisputed, bool IsRebalancing);
