using Microsoft.Extensions.Hosting;
using Prometheus;
using WsBalancer.Proxy.Draining;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Peers;
using WsBalancer.Proxy.Rebalancing;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy;

/// <summary>
/// Publishes the remaining tunnels of drains and rebalances, and whether the balancers agree. The values are set before
/// every scrape.
/// </summary>
internal sealed class OperationMetrics : IHostedService
{
    private readonly BalancerRegistry _registry;
    private readonly FleetRegistry _fleet;
    private readonly DrainRegistry _drains;
    private readonly RebalanceRegistry _rebalances;
    private readonly Agreement _agreement;
    private readonly Gauge _drain;
    private readonly Gauge _rebalance;
    private readonly Gauge _disagreement;

    public OperationMetrics(
        BalancerRegistry registry,
        FleetRegistry fleet,
        DrainRegistry drains,
        RebalanceRegistry rebalances,
        Agreement agreement)
    {
        (_registry, _fleet, _drains, _rebalances, _agreement) = (registry, fleet, drains, rebalances, agreement);
        _drain = registry.CreateDerivedGauge(
            "wsbalancer_drain_remaining",
            "Open tunnels of a node that is draining; absent for other nodes.",
            "cluster",
            "node");
        _rebalance = registry.CreateDerivedGauge(
            "wsbalancer_rebalance_remaining",
            "Tunnels that the rebalance has still to close; absent unless one is running or paused.",
            "cluster");
        _disagreement = registry.CreateDerivedGauge(
            "wsbalancer_disagreement",
            "1 while another balancer of the fleet has a different ring or different drains, else 0.",
            "cluster");
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _registry.BeforeScrape(Collect);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Collect()
    {
        // The run of a node that has just left its cluster exists for a moment longer.
        var nodes = _fleet.Clusters.SelectMany(cluster => cluster.Current.All).Select(node => node.Node).ToHashSet();
        foreach (var run in _drains.All.Where(run => nodes.Contains(run.Node)))
        {
            _drain.WithLabels(run.Node.Key.Cluster, run.Node.Id).Set(run.Report.Remaining);
        }

        foreach (var (cluster, run) in _rebalances.All)
        {
            if (run.Value.State is RebalanceState.Running or RebalanceState.Paused)
            {
                _rebalance.WithLabels(cluster.Id).Set(run.Report.Remaining);
            }
        }

        foreach (var cluster in _fleet.Clusters)
        {
            _disagreement.WithLabels(cluster.Id).Set(_agreement.DisputeIn(cluster.Id) is null ? 0 : 1);
        }
    }
}
