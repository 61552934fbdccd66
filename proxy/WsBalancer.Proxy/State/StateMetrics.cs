using Microsoft.Extensions.Hosting;
using Prometheus;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.State;

/// <summary>Publishes whether changes can be saved and shared, as it is at each scrape.</summary>
internal sealed class StateMetrics : IHostedService
{
    private readonly BalancerRegistry _registry;
    private readonly StateStore _store;
    private readonly RedisStatus _status;
    private readonly PeerReports _peers;
    private readonly Gauge _redis;
    private readonly Gauge _others;
    private readonly Gauge _unsaved;

    public StateMetrics(BalancerRegistry registry, StateStore store, RedisStatus status, PeerReports peers)
    {
        (_registry, _store, _status, _peers) = (registry, store, status, peers);
        _redis = registry.CreateDerivedGauge(
            "wsbalancer_redis_up",
            "1 while the Redis server of State:Redis can be used, else 0; absent without State:Redis.");
        _others = registry.CreateDerivedGauge(
            "wsbalancer_peers",
            "Other balancers that share the fleet; absent while Redis cannot be used, and without State:Redis.");
        _unsaved = registry.CreateGauge(
            "wsbalancer_state_unsaved",
            "1 while a change of the state is not written to the state file: lasts if the file cannot be written.");
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _registry.BeforeScrape(Collect);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Collect()
    {
        _unsaved.Set(_store.IsUnsaved ? 1 : 0);
        if (_status.Where is null)
        {
            return;
        }

        _redis.WithLabels().Set(_status.Absence is null ? 1 : 0);
        if (_peers.Known is { } others)
        {
            _others.WithLabels().Set(others.Count);
        }
    }
}
