using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Health;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Closing;

/// <summary>
/// Closes the tunnels of nodes that become unhealthy, where <see cref="OnUnhealthy.Close"/> is configured, at the rate
/// of a drain.
/// </summary>
internal sealed class UnhealthyCloser(
    FleetRegistry fleet, TunnelRegistry tunnels, PacedCloser closer, ILogger<UnhealthyCloser> logger)
    : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Node, bool> _emptying = new();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        fleet.NodeChanged += OnNodeChanged;
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        fleet.NodeChanged -= OnNodeChanged;
        await _stop.CancelAsync();
    }

    public void Dispose() => _stop.Dispose();

    private void OnNodeChanged(FleetCluster cluster, Node node)
    {
        var settings = cluster.Current.Settings;
        if (node.Health == NodeHealth.Unhealthy
            && settings.Get<HealthOptions>().OnUnhealthy == OnUnhealthy.Close
            && _emptying.TryAdd(node, true))
        {
            _ = CloseAsync(node, settings.Get<DrainOptions>(), settings.Get<TunnelOptions>());
        }
    }

    // A node that recovers keeps its remaining tunnels: none is due any more.
    private async Task CloseAsync(Node node, DrainOptions drain, TunnelOptions options)
    {
        var plan = new ClosingPlan(
            $"unhealthy:{node.Key.Cluster}:{node.Id}",
            new CloseMessage(TunnelEnd.Drain, drain.CloseCode, "the node is unhealthy"),
            new PaceTerms(drain.RatePerSecond, drain.Deadline, options.CloseTimeout),
            () => tunnels.On(node.Key),
            tunnel => node.Health == NodeHealth.Unhealthy && tunnel.Identity.Node == node.Key);
        try
        {
            await closer.RunAsync(plan, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            OperationLog.Stopped(logger, plan.Operation);
        }
        finally
        {
            _emptying.TryRemove(node, out _);
        }
    }
}
