using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// Fails the start if there are clusters for the ring and the pipeline has no placement, or YARP does not have one of
/// them: YARP would apply its own policy, and users would be spread without a warning.
/// </summary>
internal sealed class PipelineCheck(
    PipelineMark mark,
    IClusterSettingsSource settings,
    FleetRegistry fleet,
    YarpClusters yarp,
    ApplicationClients clients,
    ILogger<PipelineCheck> logger) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // An application with a startup class has no pipeline before its server starts.
        if (mark.IsSet || fleet.Clusters.Any())
        {
            Check();
        }

        if (clients.Replacement is { } factory)
        {
            PlacementLog.FactoryReplaced(logger, factory.GetType().Name);
        }

        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        Check();
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Check()
    {
        SettingsException.ThrowIfAny(RingClusterWatch.MistakesIn(settings, yarp));
        if (!mark.IsSet && settings.Current.Keys.Order(StringComparer.Ordinal).FirstOrDefault() is { } cluster)
        {
            throw new InvalidOperationException(
                $"Cluster '{cluster}' uses the ring, but the pipeline has no placement: map it with " +
                "app.MapWsBalancer(), or call UseWsBalancer() in the pipeline of MapReverseProxy.");
        }
    }
}

/// <summary>Set once the placement is in the pipeline.</summary>
internal sealed class PipelineMark
{
    public bool IsSet { get; set; }
}
