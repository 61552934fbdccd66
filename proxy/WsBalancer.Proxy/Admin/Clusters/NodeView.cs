using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Admin.Clusters;

/// <summary>A node, as the API shows it. The ring key is null if the ring hashes the id of the node.</summary>
internal sealed record NodeView(
    string Cluster,
    string Id,
    string Address,
    int Weight,
    string Source,
    IReadOnlyList<string> Overridden,
    string State,
    string Health,
    long Tunnels,
    long Misplaced,
    double Share,
    string? RingKey)
{
    public static NodeView From(
        NodeStatus node, FleetSnapshot snapshot, TunnelRegistry tunnels, IReadOnlyList<PeerCluster> others)
    {
        var figures = NodeFigures.Of(node, snapshot, tunnels, others);
        return new NodeView(
            node.Key.Cluster,
            node.Id,
            node.Address,
            node.Weight,
            NodeLabel.Of(node.Source),
            node.IsWeightOverridden ? ["weight"] : [],
            NodeLabel.Of(figures.State),
            NodeLabel.Of(node.Health),
            figures.Tunnels,
            figures.Misplaced,
            snapshot.ShareOf(node.Id),
            node.RingKey);
    }
}
