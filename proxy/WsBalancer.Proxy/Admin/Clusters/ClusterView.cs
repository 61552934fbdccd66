using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Admin.Clusters;

/// <summary>A cluster as the API shows it.</summary>
/// <param name="Id">The cluster.</param>
/// <param name="Ring">Its ring; null without nodes.</param>
/// <param name="Nodes">Its nodes, the leaving ones among them.</param>
/// <param name="Problems">The records from outside that are set aside: its own, and those of no cluster.</param>
internal sealed record ClusterView(
    string Id, RingView? Ring, IReadOnlyList<NodeView> Nodes, IReadOnlyList<ProblemView> Problems)
{
    /// <param name="cluster">The cluster.</param>
    /// <param name="tunnels">The tunnels of this balancer.</param>
    /// <param name="others">The cluster at the balancers whose tunnels are to be counted too.</param>
    /// <param name="problems">Its problems.</param>
    public static ClusterView Of(
        FleetCluster cluster,
        TunnelRegistry tunnels,
        IReadOnlyList<PeerCluster> others,
        IReadOnlyList<ProblemView> problems)
    {
        cluster.Sweep();
        var snapshot = cluster.Current;
        return new ClusterView(
            cluster.Id,
            snapshot.Ring is null ? null : RingView.Of(snapshot),
            [.. snapshot.All.Select(node => NodeView.Of(node, snapshot, tunnels, others))],
            problems);
    }
}

/// <summary>A ring as the API shows it.</summary>
internal sealed record RingView(string Algorithm, string Spec, long Epoch, string Fingerprint)
{
    public static RingView Of(FleetSnapshot snapshot) => new(
        snapshot.Ring!.Algorithm, snapshot.Ring.Spec, snapshot.Epoch, Fleet.Fingerprint.Text(snapshot.Ring));
}
