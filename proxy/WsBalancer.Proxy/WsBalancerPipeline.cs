using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using WsBalancer.Proxy;
using WsBalancer.Proxy.Placement;
using WsBalancer.Proxy.Settings;

#pragma warning disable IDE0130 // The namespace in which YARP's own extensions are found.
namespace Microsoft.AspNetCore.Builder;
#pragma warning restore IDE0130

/// <summary>Puts WebSocket balancing into YARP's pipeline.</summary>
public static class WsBalancerPipeline
{
    /// <summary>
    /// Maps YARP's routes with a pipeline in which the ring places the clusters that are configured for it, and YARP
    /// balances the other clusters with its own policies.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <returns>YARP's builder, for conventions.</returns>
    /// <exception cref="InvalidOperationException"><c>AddWsBalancer</c> was not called.</exception>
    /// <exception cref="SettingsException">The settings have mistakes.</exception>
    public static ReverseProxyConventionBuilder MapWsBalancer(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);

        // Checked before YARP reads its configuration, since YARP would wrap a mistake in an exception of its own.
        CheckServices(endpoints.ServiceProvider);
        return endpoints.MapReverseProxy(pipeline =>
        {
            pipeline.UseSessionAffinity();
            pipeline.UseLoadBalancing();
            pipeline.UseWsBalancer();
            pipeline.UsePassiveHealthChecks();
        });
    }

    /// <summary>
    /// Adds the placement to a custom pipeline. Must be called after <c>UseLoadBalancing</c>, whose choice of a node it
    /// replaces in ring clusters.
    /// </summary>
    /// <param name="pipeline">The pipeline of <c>MapReverseProxy</c>.</param>
    /// <returns>The same pipeline.</returns>
    /// <exception cref="InvalidOperationException"><c>AddWsBalancer</c> was not called.</exception>
    /// <exception cref="SettingsException">The settings have mistakes.</exception>
    public static IReverseProxyApplicationBuilder UseWsBalancer(this IReverseProxyApplicationBuilder pipeline)
    {
        ArgumentNullException.ThrowIfNull(pipeline);

        CheckServices(pipeline.ApplicationServices);
        pipeline.ApplicationServices.GetRequiredService<PipelineMark>().IsSet = true;
        pipeline.UseMiddleware<PlacementMiddleware>();
        return pipeline;
    }

    private static void CheckServices(IServiceProvider services)
    {
        if (services.GetService<PipelineMark>() is null)
        {
            throw new InvalidOperationException(
                "The services of WsBalancer are missing: add them with AddWsBalancer(), after AddReverseProxy(), as in "
                + "builder.Services.AddReverseProxy().LoadFromConfig(…).AddWsBalancer().");
        }

        services.GetRequiredService<SettingsSource>();
    }
}
