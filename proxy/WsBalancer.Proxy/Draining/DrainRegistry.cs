using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Closing;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Peers;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Draining;

/// <summary>
/// The drains of this balancer: one run for every node that drains, all at the same time, each at its own rate.
/// </summary>
internal sealed class DrainRegistry(
    FleetRegistry fleet,
    PacedCloser closer,
    TunnelRegistry tunnels,
    OtherBalancers others,
    OperationEvents news,
    ILogger<DrainRegistry> logger)
{
    private readonly ConcurrentDictionary<Node, DrainRun> _runs = new();
    private readonly Lock _gate = new();

    public IEnumerable<DrainRun> All => _runs.Select(entry => entry.Value);

    public DrainRun? Find(Node node) => _runs.GetValueOrDefault(node);

    /// <summary>Begins, changes and ends runs until they match the drains of the fleet.</summary>
    public void Reconcile()
    {
        lock (_gate)
        {
            var clusters = fleet.Clusters.ToArray();
            var nodes = clusters.SelectMany(cluster => cluster.Current.All).Select(node => node.Node).ToHashSet();
            foreach (var (node, run) in _runs)
            {
                if (!nodes.Contains(node))
                {
                    End(node, run);
                }
            }

            foreach (var cluster in clusters)
            {
                foreach (var node in cluster.Current.All)
                {
                    Reconcile(cluster, node);
                }
            }
        }
    }

    /// <summary>Ends all runs, when the balancer stops.</summary>
    public void Stop()
    {
        foreach (var run in All)
        {
            run.Dispose();
        }
    }

    private void Reconcile(FleetCluster cluster, NodeStatus status)
    {
        var node = status.Node;
        var order = DrainOrder.Of(status, cluster.Current.Settings.Get<DrainOptions>());
        switch (order, _runs.GetValueOrDefault(node))
        {
            case (null, { } run):
                End(node, run);
                break;
            case ({ }, { } run):
                run.Change(order);
                break;
            case ({ }, null):
                var begun = new DrainRun(cluster, node, order, closer, tunnels, others, news);
                _runs[node] = begun;
                _ = RunAsync(begun);
                break;
        }
    }

    private void End(Node node, DrainRun run)
    {
        _runs.TryRemove(node, out _);
        run.Stop();
    }

    private async Task RunAsync(DrainRun run)
    {
        try
        {
            await run.RunAsync();
        }
        catch (OperationCanceledException)
        {
            OperationLog.Ended(logger, run.Node.Id, run.Node.Key.Cluster);
        }
    }
}
