using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Admin.Clusters;

/// <summary>A cluster, as the API shows it.</summary>
/// <param name="Id">The id of the cluster.</param>
/// <param name="Ring">The ring; null without nodes.</param>
/// <param name="Nodes">The nodes, with the leaving ones.</param>
/// <param name="Problems">The records that are set aside, since they have a mistake: those of the cluster, and those
/// whose cluster cannot be read.</param>
internal sealed record ClusterView(
    string Id, RingView? Ring, IReadOnlyList<NodeView> Nodes, IReadOnlyList<ProblemView> Problems)
{
    /// <summary>
    /// The view of a cluster. Its tunnels are those of this balancer and of <paramref name="others"/>.
    /// </summary>
    public static ClusterView From(
        FleetCluster cluster,
        TunnelRegistry tunnels,
        IReadOnlyList<PeerCluster> others,
        IReadOnlyList<ProblemView> problems)
    {
        cluster.Sweep();
        var snapshot = cluster.Current;
        return new ClusterView(
            cluster.Id,
            snapshot.Ring is null ? null : RingView.From(snapshot),
            [.. snapshot.All.Select(node => NodeView.From(node, snapshot, tunnels, others))],
            problems);
    }
}

/// <summary>A ring, as the API shows it.</summary>
internal sealed record RingView(string Algorithm, string Spec, long Epoch, string Fingerprint)
{
    public static RingView From(FleetSnapshot snapshot) => new(
        snapshot.Ring!.Algorithm, snapshot.Ring.Spec, snapshot.Epoch, Fleet.Fingerprint.Text(snapshot.Ring));
}
