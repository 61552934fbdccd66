using System.Globalization;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Admin.Clusters;
using WsBalancer.Proxy.Admin.Requests;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Health;
using WsBalancer.Proxy.Peers;
using WsBalancer.Proxy.Placement;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tunnels;
using WsBalancer.Sockets.Linux;

namespace WsBalancer.Proxy.Admin.Status;

/// <summary>Collects the state of the balancer for one answer.</summary>
internal sealed class BalancerStatus(
    BalancerName name,
    FleetRegistry fleet,
    TunnelRegistry tunnels,
    ReadinessCheck readiness,
    RecentFailures recent,
    Agreement agreement,
    PeerReports peers,
    BadRecords bad,
    RedisStatus redisStatus,
    ServedCertificates certificates,
    TimeProvider time,
    IReloads? reloads = null)
{
    // Early enough to raise the limit before clients are refused.
    private const double MuchOfDescriptors = 0.8;

    private static readonly TimeSpan SoonExpired = TimeSpan.FromDays(14);

    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    /// <param name="cluster">Only this cluster; null for all.</param>
    /// <exception cref="RefusedException">There is no such cluster.</exception>
    public StatusView Read(string? cluster)
    {
        var problems = bad.All;
        var ready = readiness.Read();
        var clusters = (cluster is null ? fleet.Clusters : [fleet.Get(cluster)])
            .Select(one => Read(one, ProblemView.In(one.Id, problems))).ToList();
        var redis = RedisView.From(redisStatus);
        var descriptors = ReadDescriptors();
        var reload = reloads?.Last is { } last ? LastReloadView.From(last) : null;
        return new StatusView(
            name.Id,
            ProductVersion.Text,
            _startedAt,
            ready.Ready,
            ready.State,
            [.. Refusals(ready.State, clusters)],
            [.. Warnings(clusters, redis, descriptors), .. reload?.Warnings() ?? []],
            clusters,
            redis,
            peers.Known is { } others ? [.. others.Select(ReadPeer)] : null,
            descriptors,
            certificates.All,
            reload);
    }

    private ClusterStatusView Read(FleetCluster cluster, IReadOnlyList<ProblemView> problems)
    {
        var view = ClusterView.From(cluster, tunnels, peers.OthersIn(cluster.Id, fleet: true), problems);
        var ready = ClusterReadiness.Of(cluster);
        return new ClusterStatusView(
            cluster.Id,
            ready.Available,
            ready.MinAvailableNodes,
            recent.RejectedIn(cluster.Id).ToDictionary(count => count.Key.Label, count => count.Value),
            recent.AttemptsFailedIn(cluster.Id),
            agreement.DisputeIn(cluster.Id),
            view.Ring,
            view.Nodes,
            problems);
    }

    private IEnumerable<string> Refusals(string state, IReadOnlyList<ClusterStatusView> clusters)
    {
        if (state != Readiness.ReadyName)
        {
            yield return $"the balancer is {state}";
        }

        foreach (var cluster in clusters.Where(static cluster => cluster.Available == 0))
        {
            yield return $"cluster '{cluster.Id}' has no available node";
        }

        foreach (var (id, what) in clusters.Select(cluster => (cluster.Id, $"cluster '{cluster.Id}'"))
            .Append((Rejecter.NoCluster, "the balancer")))
        {
            var outage = recent.RejectedIn(id).Where(static count => count.Key.Level == LogLevel.Error).ToList();
            if (outage.Count > 0)
            {
                var reasons = string.Join(", ", outage.OrderByDescending(static count => count.Value)
                    .Select(static count => $"{count.Key.Label} {count.Value}"));
                yield return $"{what} rejected requests in the last minute: {reasons}";
            }
        }
    }

    private IEnumerable<string> Warnings(
        IReadOnlyList<ClusterStatusView> clusters, RedisView? redis, DescriptorsView? descriptors)
    {
        foreach (var cluster in clusters)
        {
            var unhealthy = cluster.Nodes
                .Where(static node => node.Health == NodeLabel.Of(NodeHealth.Unhealthy))
                .Select(static node => node.Id).ToList();
            if (unhealthy.Count > 0)
            {
                yield return $"cluster '{cluster.Id}': unhealthy {string.Join(", ", unhealthy)}";
            }

            var readiness = new ClusterReadiness(cluster.Id, cluster.Available, cluster.MinAvailableNodes);
            if (!readiness.Ready)
            {
                yield return readiness.Describe();
            }

            if (cluster.Disagreement is { } disagreement)
            {
                yield return $"cluster '{cluster.Id}': balancers disagree: {disagreement}";
            }
        }

        if (redis is { Connected: false })
        {
            yield return $"Redis at {redis.Address} cannot be used: {redis.Why}";
        }

        if (descriptors is { } count && count.Open > MuchOfDescriptors * count.Limit)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"{count.Open} of {count.Limit} file descriptors are in use");
        }

        foreach (var certificate in certificates.All.Where(one => one.NotAfter < time.GetUtcNow() + SoonExpired))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"the certificate of {certificate.Endpoint} ends on {certificate.NotAfter:yyyy-MM-dd HH:mm} UTC");
        }
    }

    private static PeerView ReadPeer(PeerReport peer) => new(
        peer.Id, peer.Clusters.Values.Sum(static cluster => cluster.Nodes.Values.Sum(static node => node.Tunnels)));

    private static DescriptorsView? ReadDescriptors() => DescriptorLimit.Current is { } limit
        ? new DescriptorsView(DescriptorLimit.CountOpen(), limit)
        : null;
}
