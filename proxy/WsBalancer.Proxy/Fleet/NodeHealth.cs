namespace WsBalancer.Proxy.Fleet;

/// <summary>What probes and connects say of a node.</summary>
internal enum NodeHealth
{
    /// <summary>Nothing yet. Counts as available.</summary>
    Unknown,

    /// <summary>It answers.</summary>
    Healthy,

    /// <summary>It does not; new tunnels go to the next of the order.</summary>
    Unhealthy,
}

/// <summary>Where a node is in its life in the cluster.</summary>
internal enum NodeState
{
    /// <summary>It takes new tunnels, if healthy.</summary>
    Active,

    /// <summary>It takes none, and still has some.</summary>
    Draining,

    /// <summary>It takes none and has none.</summary>
    Drained,

    /// <summary>It is no longer configured, and still has tunnels.</summary>
    Leaving,
}
