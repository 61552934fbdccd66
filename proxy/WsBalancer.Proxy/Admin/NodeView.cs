using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Admin;

/// <summary>A node as the API shows it. Its ring key is null if the ring goes by the ids.</summary>
internal sealed record NodeView(
    string Id,
    string Address,
    int Weight,
    string Source,
    IReadOnlyList<string> Overridden,
    string State,
    string Health,
    long Tunnels,
    int Misplaced,
    double Share,
    string? RingKey)
{
    public static NodeView Of(Node node, FleetSnapshot snapshot, TunnelRegistry tunnels) => new(
        node.Id,
        node.Address,
        node.Weight,
        NodeLabel.Of(node.Source),
        node.IsWeightOverridden ? ["weight"] : [],
        NodeLabel.Of(node.State),
        NodeLabel.Of(node.Health),
        node.Ledger.Active,
        Fleet.Misplaced.Count(tunnels, snapshot, node),
        snapshot.ShareOf(node),
        node.RingKey);
}
