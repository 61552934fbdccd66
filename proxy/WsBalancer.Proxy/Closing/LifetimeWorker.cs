using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Hosting;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Closing;

/// <summary>
/// Closes tunnels that have reached their lifetime, at the rate of a drain, since many may reach it at once.
/// </summary>
internal sealed class LifetimeWorker(
    FleetRegistry fleet, TunnelRegistry tunnels, PacedCloser closer, TimeProvider time, ILogger<LifetimeWorker> logger)
    : BackgroundService
{
    private readonly ConcurrentDictionary<string, bool> _closing = new(StringComparer.OrdinalIgnoreCase);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => PeriodicLoop.RunAsync(
        "looking for tunnels that have reached their lifetime",
        () => CloseOutlived(stoppingToken),
        time,
        logger,
        stoppingToken);

    private static bool HasOutlived(Tunnel tunnel) => tunnel.Age >= tunnel.Lifetime;

    private void CloseOutlived(CancellationToken stop)
    {
        foreach (var tunnel in tunnels.All)
        {
            // Skip tunnels that are closing: each would start a run that enumerates all tunnels and finds none due.
            if (HasOutlived(tunnel) && !tunnel.IsClosing && _closing.TryAdd(tunnel.Identity.Node.Cluster, true))
            {
                _ = CloseAsync(tunnel.Identity.Node.Cluster, stop);
            }
        }
    }

    private async Task CloseAsync(string cluster, CancellationToken stop)
    {
        // A removed cluster has no settings; the defaults apply to its last tunnels.
        var settings = fleet.Find(cluster)?.Current.Settings;
        var drain = settings?.Get<DrainOptions>() ?? new DrainOptions();
        var plan = new ClosingPlan(
            $"lifetime:{cluster}",
            new CloseMessage(TunnelEnd.Lifetime, drain.CloseCode, "the connection has reached its lifetime"),
            new PaceTerms(drain.RatePerSecond, Over: null, TimeSpan.Zero),
            () => tunnels.All,
            tunnel => HasOutlived(tunnel) && string.Equals(
                tunnel.Identity.Node.Cluster, cluster, StringComparison.OrdinalIgnoreCase));
        try
        {
            await closer.RunAsync(plan, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            OperationLog.Stopped(logger, plan.Operation);
        }
        finally
        {
            _closing.TryRemove(cluster, out _);
        }
    }
}
