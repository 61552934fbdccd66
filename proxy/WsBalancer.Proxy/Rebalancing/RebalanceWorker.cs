using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Health;
using WsBalancer.Proxy.Hosting;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Rebalancing;

/// <summary>Takes part in the rebalances of the records, at every change of a record and once a second.</summary>
internal sealed class RebalanceWorker(
    StateStore state,
    RebalanceRegistry runs,
    HandshakeOutcomes handshakes,
    TimeProvider time,
    ILogger<RebalanceWorker> logger) : BackgroundService
{
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        state.Changed += OnChanged;
        handshakes.Happened += runs.OnHandshake;
        runs.Reconcile();
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        state.Changed -= OnChanged;
        handshakes.Happened -= runs.OnHandshake;
        runs.Stop();
        await base.StopAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        PeriodicLoop.RunAsync("looking after rebalances", runs.Reconcile, time, logger, stoppingToken);

    private void OnChanged(IReadOnlyList<StateRecord> records)
    {
        if (records.Any(record => record.Key.Kind == StateKind.Rebalance))
        {
            runs.Reconcile();
        }
    }
}
