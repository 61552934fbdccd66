using Microsoft.Extensions.Hosting;
using WsBalancer.Proxy.Draining;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Rebalancing;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy;

/// <summary>
/// This balancer's report to the others: its rings, its tunnels, and its parts in drains and rebalances. Empty before
/// the start: without the decisions of the others, its rings would seem to dispute theirs.
/// </summary>
internal sealed class BalancerReport(
    FleetRegistry fleet, TunnelRegistry tunnels, DrainRegistry drains, RebalanceRegistry rebalances)
    : ILocalReport, IHostedService
{
    private static readonly Dictionary<string, PeerCluster> Nothing = [];

    private volatile bool _hasStarted;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _hasStarted = true;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public IReadOnlyDictionary<string, PeerCluster> Read() => _hasStarted ? Create() : Nothing;

    private Dictionary<string, PeerCluster> Create() =>
        fleet.Clusters.ToDictionary(cluster => cluster.Id.ToLowerInvariant(), Of, StringComparer.Ordinal);

    private PeerCluster Of(FleetCluster cluster)
    {
        var snapshot = cluster.Current;
        var nodes = snapshot.All.ToDictionary(
            node => node.Id,
            node => new PeerNode(
                node.Ledger.Active, Misplaced.Count(tunnels, snapshot, node.Node), drains.Find(node.Node)?.Report),
            StringComparer.Ordinal);
        return new PeerCluster(
            snapshot.Ring is null ? "" : Fingerprint.Text(snapshot.Ring),
            snapshot.StateHash(),
            nodes,
            rebalances.Find(cluster)?.Report);
    }
}
