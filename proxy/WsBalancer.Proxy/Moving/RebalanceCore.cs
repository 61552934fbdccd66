using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Moving;

/// <summary>Which tunnels a rebalance may close. Pure.</summary>
internal static class RebalanceCore
{
    /// <param name="home">The user's home; null if it has none, or the tunnel no user.</param>
    /// <param name="hasUser">Whether the tunnel has a user.</param>
    /// <param name="at">Where the tunnel leads; null if the node is unknown by now.</param>
    /// <param name="isOld">Whether it was opened before the rebalance began, or before homes last changed. One that is
    /// newer stands elsewhere because its home could not take it: closing it would only bring it back there.</param>
    public static Placing Judge(Node? home, bool hasUser, Node? at, bool isOld) => (home, at) switch
    {
        _ when !hasUser || (home is not null && home == at) => Placing.AtHome,
        (_, { IsLeaving: true, RemovalDrain: not null }) => Placing.OnDraining,
        (_, { IsLeaving: false, IsDraining: true }) => Placing.OnDraining,
        (null or { IsDraining: true } or { IsLeaving: true }, _) => Placing.WithoutHome,
        _ when !isOld => Placing.OpenedLater,
        ({ Health: not NodeHealth.Healthy }, _) => Placing.HomeUnhealthy,
        ({ IsFull: true }, _) => Placing.HomeFull,
        _ => Placing.Closable,
    };
}

/// <summary>Where a tunnel stands, as a rebalance sees it.</summary>
internal enum Placing
{
    /// <summary>Where it belongs.</summary>
    AtHome,

    /// <summary>Elsewhere, and its home would take it.</summary>
    Closable,

    /// <summary>On a draining node, whose drain closes it.</summary>
    OnDraining,

    /// <summary>No node takes users.</summary>
    WithoutHome,

    /// <summary>Elsewhere since the rebalance began, for lack of health or room at home.</summary>
    OpenedLater,

    /// <summary>Its home is not healthy, or not known to be.</summary>
    HomeUnhealthy,

    /// <summary>Its home has as many tunnels as it may.</summary>
    HomeFull,
}
