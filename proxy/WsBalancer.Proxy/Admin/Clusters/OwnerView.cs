using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Placement;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Admin.Clusters;

/// <summary>
/// The placement of a user, as the API shows it. Owner, home and node are ids of nodes, null if there is none. The ring
/// key is that of the owner.
/// </summary>
internal sealed record OwnerView(
    string User,
    string? Owner,
    string? Home,
    string? Node,
    IReadOnlyList<string> Order,
    string Reason,
    IReadOnlyList<OwnedTunnelView> Tunnels,
    RingView? Ring,
    string? RingKey)
{
    public static OwnerView From(FleetCluster cluster, TunnelRegistry tunnels, AdmissionControl admission, string user)
    {
        var placement = UserNodes.Of(cluster, tunnels, admission, user);
        var snapshot = cluster.Current;
        return new OwnerView(
            user,
            placement.Owner?.Id,
            placement.Home?.Id,
            placement.Next?.Id,
            [.. placement.Order.Select(node => node.Id)],
            placement.Reason,
            [.. tunnels.Of(cluster.Id, user).Select(tunnel => OwnedTunnelView.From(tunnel, snapshot))],
            snapshot.Ring is null ? null : RingView.From(snapshot),
            placement.Owner?.RingKey);
    }
}

/// <summary>A live tunnel of a user, as the API shows it.</summary>
internal sealed record OwnedTunnelView(string Id, string Node, DateTimeOffset OpenedAt, bool Misplaced)
{
    public static OwnedTunnelView From(Tunnel tunnel, FleetSnapshot snapshot) => new(
        tunnel.Identity.Id, tunnel.Identity.Node.Id, tunnel.OpenedAt, Fleet.Misplaced.Is(snapshot, tunnel));
}
