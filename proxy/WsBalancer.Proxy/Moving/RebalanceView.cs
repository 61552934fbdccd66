using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Moving;

/// <summary>A cluster's tunnels as a rebalance sees them at this moment.</summary>
internal sealed class RebalanceView(FleetCluster cluster, TunnelRegistry tunnels)
{
    private volatile Known _known = new(null, new Dictionary<NodeKey, Node>());

    public IEnumerable<Tunnel> Tunnels => cluster.Current.All.SelectMany(node => tunnels.On(node.Key));

    /// <param name="tunnel">The tunnel.</param>
    /// <param name="before">Timestamp: what was opened later is not touched, unless homes changed later still.</param>
    public Placing Judge(Tunnel tunnel, long before)
    {
        var snapshot = cluster.Current;
        var user = tunnel.Identity.User;
        return RebalanceCore.Judge(
            user is null ? null : snapshot.HomeOf(user),
            user is not null,
            Find(snapshot, tunnel.Identity.Node),
            tunnel.OpenedTimestamp <= Math.Max(before, cluster.HomesChangedAt));
    }

    public RebalanceSurvey Survey(long before) => RebalanceSurvey.Of(Tunnels, tunnel => Judge(tunnel, before));

    /// <summary>The user's home.</summary>
    public NodeKey? HomeOf(Tunnel tunnel) =>
        tunnel.Identity.User is { } user ? cluster.Current.HomeOf(user)?.Key : null;

    // Nodes by key, looked up for every tunnel, are put together anew only when the cluster is another.
    private Node? Find(FleetSnapshot snapshot, NodeKey key)
    {
        var known = _known;
        if (!ReferenceEquals(known.Snapshot, snapshot))
        {
            var nodes = snapshot.All.ToDictionary(node => node.Key);
            _known = known = new Known(snapshot, nodes);
        }

        return known.Nodes.GetValueOrDefault(key);
    }

    private sealed record Known(FleetSnapshot? Snapshot, IReadOnlyDictionary<NodeKey, Node> Nodes);
}
