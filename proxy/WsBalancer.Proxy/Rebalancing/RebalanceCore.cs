using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Rebalancing;

/// <summary>Decides which tunnels a rebalance may close. Pure.</summary>
internal static class RebalanceCore
{
    /// <param name="home">The user's home; null if the user has none, or the tunnel has no user.</param>
    /// <param name="hasUser">Whether the tunnel has a user.</param>
    /// <param name="at">The node of the tunnel; null if the cluster no longer has it.</param>
    /// <param name="isOld">Whether the tunnel was opened before the rebalance began, or before homes last changed. A
    /// newer tunnel is at another node because its home was unhealthy or full: if it were closed, its client would
    /// reconnect to that node.</param>
    public static TunnelPlacement PlacementOf(NodeStatus? home, bool hasUser, NodeStatus? at, bool isOld) =>
        (home, at) switch
        {
            _ when !hasUser || (home is not null && home.Node == at?.Node) => TunnelPlacement.AtHome,
            (_, { IsLeaving: true, RemovalDrain: not null }) => TunnelPlacement.OnDraining,
            (_, { IsLeaving: false, IsDraining: true }) => TunnelPlacement.OnDraining,
            (null or { IsDraining: true } or { IsLeaving: true }, _) => TunnelPlacement.WithoutHome,
            _ when !isOld => TunnelPlacement.OpenedLater,
            ({ Health: not NodeHealth.Healthy }, _) => TunnelPlacement.HomeUnhealthy,
            ({ IsFull: true }, _) => TunnelPlacement.HomeFull,
            _ => TunnelPlacement.Closable,
        };
}

/// <summary>Whether a tunnel is misplaced, and whether a rebalance closes it.</summary>
internal enum TunnelPlacement
{
    /// <summary>At its user's home, or without a user.</summary>
    AtHome,

    /// <summary>At another node, and the home accepts the user.</summary>
    Closable,

    /// <summary>On a draining node, whose drain closes the tunnel.</summary>
    OnDraining,

    /// <summary>The user has no home, since no node takes users.</summary>
    WithoutHome,

    /// <summary>Opened at another node since the rebalance began, because the home was unhealthy or full.</summary>
    OpenedLater,

    /// <summary>At another node, and the home is unhealthy or of unknown health.</summary>
    HomeUnhealthy,

    /// <summary>At another node, and the home has its maximum of tunnels.</summary>
    HomeFull,
}
