using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace WsBalancer.Proxy.Fleet;

/// <summary>Adds the services that hold the clusters, their rings and their nodes.</summary>
internal static class FleetServices
{
    public static IServiceCollection AddFleet(this IServiceCollection services)
    {
        services.AddSingleton<FleetMetrics>().AddSingleton<FleetEvents>();
        services.AddSingleton<FleetPlanner>().AddSingleton<FleetChanges>();
        services.AddSingleton<FleetRegistry>().AddSingleton<FleetLosses>().AddSingleton<FleetMoves>();
        services.AddSingleton<Registrations>().AddHostedService<RegistrationWorker>();
        services.AddSingleton(provider => new Lazy<IProxyStateLookup>(provider.GetRequiredService<IProxyStateLookup>));
        services.AddSingleton<IClusterChangeListener>(provider => provider.GetRequiredService<FleetRegistry>());
        services.AddSingleton<YarpClusters>().AddHostedService<RingClusterWatch>();
        services.AddSingleton<IConfigChangeListener>(provider => provider.GetRequiredService<YarpClusters>());
        return services;
    }
}
