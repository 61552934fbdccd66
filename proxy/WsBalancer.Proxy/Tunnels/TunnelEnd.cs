namespace WsBalancer.Proxy.Tunnels;

/// <summary>Why a tunnel ended. Every tunnel ends for exactly one of these.</summary>
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

    /// <summary>Nothing came from one side for longer than the configured idle time.</summary>
    Idle,

    /// <summary>The tunnel reached its maximum lifetime.</summary>
    Lifetime,

    /// <summary>Its node drains, or became unhealthy where unhealthy nodes are emptied.</summary>
    Drain,

    /// <summary>It was closed so that its user comes back at home.</summary>
    Rebalance,

    /// <summary>An operator closed it.</summary>
    Disconnect,

    /// <summary>This balancer stops.</summary>
    Shutdown,

    /// <summary>A peer broke the WebSocket protocol so that frames could no longer be told apart.</summary>
    Protocol,

    /// <summary>A peer did not take what it was sent for longer than the send timeout.</summary>
    SendTimeout,

    /// <summary>Too much was buffered for all tunnels together, and this one was among those that buffered most.
    /// </summary>
    Memory,

    /// <summary>Something failed that is nobody's doing; the log says what.</summary>
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
