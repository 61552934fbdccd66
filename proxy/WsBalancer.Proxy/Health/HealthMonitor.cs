using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Health;

/// <summary>
/// Keeps one <see cref="NodeWatch"/> for every configured node, and passes the results of users' handshakes to it.
/// </summary>
internal sealed class HealthMonitor(
    FleetRegistry fleet, NodeProbe probe, TimeProvider time, ILogger<HealthMonitor> logger) : BackgroundService
{
    private readonly ConcurrentDictionary<Node, NodeWatch> _watches = new();

    // One pending signal is enough: a reconciliation covers every change before it.
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void ConnectSucceeded(Node node) => Find(node)?.ConnectSucceeded();

    public void ConnectFailed(Node node, string why) => Find(node)?.ConnectFailed(why);

    /// <summary>A node answered a handshake, or ended the connection of one.</summary>
    public void HandshakeAnswered(Node node) => Find(node)?.HandshakeAnswered();

    /// <summary>A node received a handshake and did not answer it.</summary>
    public void HandshakeNotAnswered(Node node, NodeTrial? trial)
    {
        if (Find(node)?.HandshakeNotAnswered(trial) == true)
        {
            HealthLog.TooManySilent(logger, node.Id, node.Key.Cluster);
        }
    }

    /// <summary>Begins a trial of a node if the node is silent and a trial is due; otherwise null.</summary>
    public NodeTrial? TryBeginTrial(Node node) => Find(node)?.TryBeginTrial();

    /// <summary>A node answered a handshake with the announcement that it drains.</summary>
    public void Announced(Node node) => Find(node)?.Announced();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        fleet.Reconfigured += Signal;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await ReconcileUnlessBrokenAsync();
                await _changed.Reader.ReadAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Expected at the end. Before the start is complete, the host would report the exception as a failure.
            return;
        }
        finally
        {
            fleet.Reconfigured -= Signal;
            await Task.WhenAll(_watches.Values.Select(watch => watch.DisposeAsync().AsTask()));
        }
    }

    private NodeWatch? Find(Node node) => _watches.GetValueOrDefault(node);

    private void Signal() => _changed.Writer.TryWrite(true);

    // A node without a watch is retried at the next change of the fleet; until then nothing judges its health.
    private async Task ReconcileUnlessBrokenAsync()
    {
        try
        {
            await ReconcileAsync();
        }
        catch (Exception ex) when (ex is not OperationCanceledException)
        {
            HealthLog.ReconcileFailed(logger, ex);
        }
    }

    private async Task ReconcileAsync()
    {
        var configured = fleet.Clusters
            .SelectMany(cluster => cluster.Current.Nodes.Select(node => (Cluster: cluster, node.Node)))
            .ToDictionary(pair => pair.Node, pair => pair.Cluster);
        foreach (var watch in _watches.Values)
        {
            if (!configured.ContainsKey(watch.Node) || watch.Node.Address != watch.Address)
            {
                _watches.TryRemove(watch.Node, out _);
                await watch.DisposeAsync();
            }
        }

        foreach (var (node, cluster) in configured)
        {
            if (!_watches.ContainsKey(node))
            {
                var watch = new NodeWatch(fleet, cluster, node, probe, time);
                _watches[node] = watch;
                watch.Start(ex => HealthLog.ProbeFaulted(logger, node.Id, cluster.Id, ex));
            }
        }
    }
}
