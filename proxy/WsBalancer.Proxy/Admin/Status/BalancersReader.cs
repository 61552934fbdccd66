using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Admin.Status;

/// <summary>Collects what is known of the balancers that share one fleet.</summary>
internal sealed class BalancersReader(
    BalancerName name, PeerReports peers, ILocalReport local, RedisStatus redis)
{
    public BalancersView Read()
    {
        var own = local.Read();
        var self = ViewOf(new PeerReport(name.Id, own, Version: ProductVersion.Text), own);
        var others = peers.Others.OrderBy(static peer => peer.Id, StringComparer.Ordinal)
            .Select(peer => ViewOf(peer, own));
        return new BalancersView(
            [self, .. others],
            redis.Where is null ? null : peers.Known is not null,
            RedisView.From(redis));
    }

    private BalancerView ViewOf(PeerReport report, IReadOnlyDictionary<string, PeerCluster> own)
    {
        var clusters = from cluster in report.Clusters
                       orderby cluster.Key
                       let mine = own.GetValueOrDefault(cluster.Key)
                       let fingerprint = cluster.Value.Fingerprint
                       select new BalancerClusterView(
                           cluster.Key,
                           fingerprint.Length == 0 ? null : fingerprint,
                           mine is null
                               || (mine.Fingerprint == fingerprint && mine.StateHash == cluster.Value.StateHash),
                           TunnelsIn(cluster.Value));
        return new BalancerView(
            report.Id,
            report.Id == name.Id,
            report.Version,
            report.Clusters.Values.Sum(TunnelsIn),
            [.. clusters]);
    }

    private static long TunnelsIn(PeerCluster cluster) => cluster.Nodes.Values.Sum(static node => node.Tunnels);
}
