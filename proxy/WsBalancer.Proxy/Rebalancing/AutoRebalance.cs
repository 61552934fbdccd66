using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Closing;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Hosting;
using WsBalancer.Proxy.Peers;
using WsBalancer.Proxy.Settings;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Rebalancing;

/// <summary>
/// Begins rebalances without an operator, where that is configured. Of the balancers that have the cluster, the one
/// with the smallest id begins them.
/// </summary>
internal sealed class AutoRebalance(
    FleetRegistry fleet,
    RebalanceOperations rebalances,
    OtherBalancers others,
    Agreement agreement,
    TunnelRegistry tunnels,
    OperationEvents news,
    TimeProvider time,
    ILogger<AutoRebalance> logger) : BackgroundService
{
    private readonly ConcurrentDictionary<FleetCluster, AutoRebalanceCore> _cores = new();
    private readonly long _begun = time.GetTimestamp();

    /// <summary>Checks every cluster, and begins the rebalances that are due.</summary>
    public async Task CheckAsync(CancellationToken cancellation)
    {
        var clusters = fleet.Clusters.ToArray();
        foreach (var removed in _cores.Keys.Except(clusters))
        {
            _cores.TryRemove(removed, out _);
        }

        foreach (var cluster in clusters)
        {
            var options = cluster.Current.Settings.Get<AutoRebalanceOptions>();
            var core = _cores.GetOrAdd(cluster, static _ => new AutoRebalanceCore());
            var observation = Observe(cluster);
            if (core.Observe(observation, time.GetElapsedTime(_begun), options.After)
                && options.After is { } after
                && others.IsThisFirstOf(cluster.Id)
                && IsAnythingToDo(cluster))
            {
                await rebalances.BeginAsync(cluster, options.RatePerSecond, null, cancellation);
                core.Begun(observation);
                var stable = DurationText.Format(after);
                news.Rebalance(
                    cluster.Id,
                    $"that rebalance started automatically: users are misplaced, and all was stable for {stable}");
            }
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => PeriodicLoop.RunAsync(
        "looking whether to rebalance", () => CheckAsync(stoppingToken), time, logger, stoppingToken);

    private ClusterObservation Observe(FleetCluster cluster)
    {
        var snapshot = cluster.Current;
        var nodes = snapshot.Nodes.Select(node => $"{node.Id} {node.IsDraining} {node.Health}");
        var state = string.Create(
            CultureInfo.InvariantCulture, $"{snapshot.Epoch}; {string.Join(", ", nodes)}");
        return new ClusterObservation(
            cluster.HomesChangedAt,
            state,
            agreement.DisputeIn(cluster.Id) is not null,
            rebalances.StateOf(cluster) is RebalanceState.Running or RebalanceState.Paused);
    }

    // A tunnel opened since homes last changed is misplaced because its home was unhealthy or full: that is no reason
    // to begin a rebalance.
    private bool IsAnythingToDo(FleetCluster cluster) =>
        new RebalanceView(cluster, tunnels).CountTunnels(cluster.HomesChangedAt).Closable > 0
        || others.MisplacedIn(cluster.Id) > 0;
}
