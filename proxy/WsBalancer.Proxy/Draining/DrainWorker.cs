using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Hosting;

namespace WsBalancer.Proxy.Draining;

/// <summary>
/// Begins and ends the drains of this balancer, at every change of a node or of the configuration and once a second.
/// </summary>
internal sealed class DrainWorker(
    FleetRegistry fleet, DrainRegistry runs, TimeProvider time, ILogger<DrainWorker> logger) : BackgroundService
{
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        fleet.NodeChanged += OnNodeChanged;
        fleet.Reconfigured += runs.Reconcile;
        runs.Reconcile();
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        fleet.NodeChanged -= OnNodeChanged;
        fleet.Reconfigured -= runs.Reconcile;
        runs.Stop();
        await base.StopAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        PeriodicLoop.RunAsync("looking after drains", Reconcile, time, logger, stoppingToken);

    // Removes leaving nodes whose last tunnel has ended, even if no scrape does.
    private void Reconcile()
    {
        fleet.Sweep();
        runs.Reconcile();
    }

    private void OnNodeChanged(FleetCluster cluster, Node node) => runs.Reconcile();
}
