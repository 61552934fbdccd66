namespace WsBalancer.Proxy.Fleet;

/// <summary>The health of a node, by probes and handshakes.</summary>
public enum NodeHealth
{
    /// <summary>The health is not known yet; the node counts as available.</summary>
    Unknown,

    /// <summary>The node answers.</summary>
    Healthy,

    /// <summary>The node does not answer; new tunnels are placed on the next node of the order.</summary>
    Unhealthy,
}

/// <summary>The state of a node in its cluster.</summary>
public enum NodeState
{
    /// <summary>The node takes new tunnels if it is healthy.</summary>
    Active,

    /// <summary>The node takes no new tunnels, and still has open ones.</summary>
    Draining,

    /// <summary>The node takes no new tunnels, and has no open ones.</summary>
    Drained,

    /// <summary>The node was removed, and still has open tunnels.</summary>
    Leaving,
}
