using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Admin.Clusters;

/// <summary>A node as the API shows it. Its ring key is null if the ring goes by the ids.</summary>
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
    public static NodeView Of(
        Node node, FleetSnapshot snapshot, TunnelRegistry tunnels, IReadOnlyList<PeerCluster> others)
    {
        var elsewhere = others.Select(other => other.Nodes.GetValueOrDefault(node.Id)).OfType<PeerNode>().ToArray();
        var open = node.Ledger.Active + elsewhere.Sum(there => there.Tunnels);

        // Drained is a node whose last tunnel has ended, wherever it was.
        var state = node.State == NodeState.Drained && open > 0 ? NodeState.Draining : node.State;
        return new NodeView(
            node.Key.Cluster,
            node.Id,
            node.Address,
            node.Weight,
            NodeLabel.Of(node.Source),
            node.IsWeightOverridden ? ["weight"] : [],
            NodeLabel.Of(state),
            NodeLabel.Of(node.Health),
            open,
            Fleet.Misplaced.Count(tunnels, snapshot, node) + elsewhere.Sum(there => there.Misplaced),
            snapshot.ShareOf(node),
            node.RingKey);
    }
}
