using Microsoft.Extensions.Hosting;
using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// Fails the start if there are clusters for the ring and the pipeline has no placement: YARP would balance them by
/// itself, and users would be spread in silence.
/// </summary>
internal sealed class PipelineCheck(PipelineMark mark, FleetRegistry fleet) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!mark.IsSet && fleet.Clusters.FirstOrDefault() is { } cluster)
        {
            throw new InvalidOperationException(
                $"Cluster '{cluster.Id}' is to be placed by the ring, but the pipeline does not place: map it with " +
                "app.MapWsBalancer(), or call UseWsBalancer() in the pipeline of MapReverseProxy.");
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Set once the placement is in the pipeline.</summary>
internal sealed class PipelineMark
{
    public bool IsSet { get; set; }
}
