namespace WsBalancer.Proxy.Moving;

/// <summary>
/// When a rebalance is to begin by itself: once for every change of homes, after the fleet has been stable for so long.
/// Pure.
/// </summary>
internal sealed class AutoRebalanceCore
{
    private long? _served;
    private string? _look;
    private TimeSpan _stableSince;

    /// <summary>Looks at the cluster; once a second.</summary>
    /// <returns>Whether to begin one now, if there is anything to close.</returns>
    public bool Observe(FleetLook look, TimeSpan now, TimeSpan? after)
    {
        // What this balancer finds at its start is no change.
        _served ??= look.HomesChangedAt;
        if (_look != look.State || look.IsDisputed)
        {
            _look = look.State;
            _stableSince = now;
        }

        // Whoever began one has served the change; so has an operator who ended it.
        if (look.IsRebalancing)
        {
            _served = look.HomesChangedAt;
        }

        return look.HomesChangedAt != _served && now - _stableSince >= after;
    }

    /// <summary>One was begun for what was looked at.</summary>
    public void Begun(FleetLook look) => _served = look.HomesChangedAt;
}

/// <summary>A cluster at one moment.</summary>
/// <param name="HomesChangedAt">When the ring, or what drains, last changed.</param>
/// <param name="State">Anything that is another text when the ring, a drain or a node's health is another.</param>
/// <param name="IsDisputed">Whether the balancers disagree.</param>
/// <param name="IsRebalancing">Whether a rebalance runs or is paused.</param>
internal readonly record struct FleetLook(long HomesChangedAt, string State, bool IsDisputed, bool IsRebalancing);
