using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Fleet;

/// <summary>Finds tunnels that are not at their user's home. A tunnel without a user is never misplaced.</summary>
internal static class Misplaced
{
    public static bool Is(FleetSnapshot snapshot, Tunnel tunnel) =>
        tunnel.Identity.User is { } user && snapshot.HomeOf(user)?.Key != tunnel.Identity.Node;

    public static int Count(TunnelRegistry tunnels, FleetSnapshot snapshot, Node node) =>
        tunnels.On(node.Key).Count(tunnel => Is(snapshot, tunnel));
}
