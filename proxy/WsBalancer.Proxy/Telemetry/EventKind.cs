namespace WsBalancer.Proxy.Telemetry;

/// <summary>The subject of an event.</summary>
public enum EventKind
{
    /// <summary>A node was added or removed, or its weight was changed.</summary>
    Node,

    /// <summary>A node became healthy or unhealthy.</summary>
    Health,

    /// <summary>A drain began, changed, sped up or ended.</summary>
    Drain,

    /// <summary>A rebalance began, was paused or continued, or ended.</summary>
    Rebalance,

    /// <summary>A ring changed.</summary>
    Ring,

    /// <summary>Balancers of the fleet disagree, or agree again.</summary>
    Disagreement,

    /// <summary>An operator disconnected tunnels.</summary>
    Disconnect,

    /// <summary>The configuration was read again.</summary>
    Reload,
}
