using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Rebalancing;

/// <summary>Classifies the open tunnels of a cluster for a rebalance, by the current homes of their users.</summary>
internal sealed class RebalanceView(FleetCluster cluster, TunnelRegistry tunnels)
{
    private volatile Known _known = new(null, new Dictionary<NodeKey, NodeStatus>());

    public IEnumerable<Tunnel> Tunnels => cluster.Current.All.SelectMany(node => tunnels.On(node.Key));

    /// <param name="tunnel">An open tunnel of the cluster.</param>
    /// <param name="before">A timestamp: a tunnel opened after it is not closed, unless homes have changed since the
    /// tunnel was opened.</param>
    public TunnelPlacement PlacementOf(Tunnel tunnel, long before)
    {
        var snapshot = cluster.Current;
        var user = tunnel.Identity.User;
        return RebalanceCore.PlacementOf(
            user is null ? null : snapshot.HomeOf(user),
            user is not null,
            Find(snapshot, tunnel.Identity.Node),
            tunnel.OpenedTimestamp <= Math.Max(before, cluster.HomesChangedAt));
    }

    public RebalanceCounts CountTunnels(long before) =>
        RebalanceCounts.Of(Tunnels, tunnel => PlacementOf(tunnel, before));

    /// <summary>The home of the tunnel's user; null if there is no user or no home.</summary>
    public NodeKey? HomeOf(Tunnel tunnel) =>
        tunnel.Identity.User is { } user ? cluster.Current.HomeOf(user)?.Key : null;

    // Called for every tunnel, so the nodes by key are cached until the cluster has another snapshot.
    private NodeStatus? Find(FleetSnapshot snapshot, NodeKey key)
    {
        var known = _known;
        if (!ReferenceEquals(known.Snapshot, snapshot))
        {
            var nodes = snapshot.All.ToDictionary(node => node.Key);
            _known = known = new Known(snapshot, nodes);
        }

        return known.Nodes.GetValueOrDefault(key);
    }

    private sealed record Known(FleetSnapshot? Snapshot, IReadOnlyDictionary<NodeKey, NodeStatus> Nodes);
}
