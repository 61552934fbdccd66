namespace WsBalancer.Proxy.Fleet;

/// <summary>By whom a node was added to its cluster.</summary>
public enum NodeSource
{
    /// <summary>By the configuration.</summary>
    Configured,

    /// <summary>By an operator, at run time.</summary>
    Added,

    /// <summary>By the node's own registration in Redis.</summary>
    Registered,
}
