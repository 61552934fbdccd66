namespace WsBalancer.Proxy.Fleet;

/// <summary>The health of a node, by probes and handshakes.</summary>
public enum NodeHealth
{
    /// <summary>Not known yet. Counts as available.</summary>
    Unknown,

    /// <summary>The node answers.</summary>
    Healthy,

    /// <summary>The node does not answer; new tunnels go to the next of the order.</summary>
    Unhealthy,
}

/// <summary>The state of a node in its cluster.</summary>
public enum NodeState
{
    /// <summary>It takes new tunnels, if healthy.</summary>
    Active,

    /// <summary>It takes none, and still has some.</summary>
    Draining,

    /// <summary>It takes none and has none.</summary>
    Drained,

    /// <summary>It was removed, and still has tunnels.</summary>
    Leaving,
}
