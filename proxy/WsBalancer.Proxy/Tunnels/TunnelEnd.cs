namespace WsBalancer.Proxy.Tunnels;

/// <summary>The reasons for the end of a tunnel. Every tunnel ends for exactly one of them.</summary>
internal enum TunnelEnd
{
    /// <summary>The client sent its Close frame first.</summary>
    Client,

    /// <summary>The node sent its Close frame first.</summary>
    Node,

    /// <summary>The client's connection ended without a Close frame.</summary>
    ClientLost,

    /// <summary>The node's connection ended without a Close frame.</summary>
    NodeLost,

    /// <summary>One side sent nothing for longer than the configured idle time.</summary>
    Idle,

    /// <summary>The tunnel reached its maximum lifetime.</summary>
    Lifetime,

    /// <summary>The node drains or was removed, or is unhealthy in a cluster with <c>OnUnhealthy: Close</c>.</summary>
    Drain,

    /// <summary>The tunnel was closed so that the client reconnects to the user's home.</summary>
    Rebalance,

    /// <summary>An operator closed the tunnel.</summary>
    Disconnect,

    /// <summary>This balancer stops.</summary>
    Shutdown,

    /// <summary>A peer violated the WebSocket protocol, so that the frame boundaries are unknown.</summary>
    Protocol,

    /// <summary>A peer took no bytes for longer than the send timeout, although bytes were waiting.</summary>
    SendTimeout,

    /// <summary>All tunnels together buffered too much, and this tunnel was among those that buffered most.</summary>
    Memory,

    /// <summary>Another failure, for example of a write of the balancer's Close frame.</summary>
    Error,
}

/// <summary>The published names of <see cref="TunnelEnd"/>.</summary>
internal static class TunnelEndLabel
{
    /// <summary>Every label, in the order of the enumeration.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<TunnelEnd>().Select(Of)];

    // Spelled out, not derived with ToString: a rename in code must not rename a published label.
    public static string Of(TunnelEnd end) => end switch
    {
        TunnelEnd.Client => "client",
        TunnelEnd.Node => "node",
        TunnelEnd.ClientLost => "client_lost",
        TunnelEnd.NodeLost => "node_lost",
        TunnelEnd.Idle => "idle",
        TunnelEnd.Lifetime => "lifetime",
        TunnelEnd.Drain => "drain",
        TunnelEnd.Rebalance => "rebalance",
        TunnelEnd.Disconnect => "disconnect",
        TunnelEnd.Shutdown => "shutdown",
        TunnelEnd.Protocol => "protocol",
        TunnelEnd.SendTimeout => "send_timeout",
        TunnelEnd.Memory => "memory",
        TunnelEnd.Error => "error",
        _ => throw new ArgumentOutOfRangeException(nameof(end), end, "No label is published for this end."),
    };
}
