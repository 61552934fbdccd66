using Microsoft.Extensions.DependencyInjection;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Identity;
using WsBalancer.Proxy.Placement.Native;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Sockets.Transport;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms.Builder;

namespace WsBalancer.Proxy.Placement;

/// <summary>Adds the services that choose a node for each request and forward it there, or reject it.</summary>
internal static class PlacementServices
{
    public static IServiceCollection AddPlacement(this IServiceCollection services)
    {
        services.AddSingleton<RecentFailures>().AddSingleton<PlacementMetrics>();
        services.AddSingleton<Rejecter>().AddSingleton<ProblemResponse>();
        services.AddSingleton<AttemptOutcomes>().AddSingleton<RequestIntake>().AddSingleton<RouteGuard>();
        services.AddSingleton<IConfigChangeListener>(provider => provider.GetRequiredService<RouteGuard>());
        services.AddSingleton<RejectionLog>().AddSingleton<IConnectionRefusal, ClientRefusal>();
        services.AddSingleton<IClientRefusal>(static provider => provider.GetRequiredService<IConnectionRefusal>());
        services.AddSingleton<TunnelOpening>().AddSingleton<HandshakeAttempts>().AddSingleton<RequestPlacement>();
        services.AddSingleton<PipelineMark>().AddHostedService<PipelineCheck>();
        services.AddSingleton<ApplicationClients>().AddSingleton<NodeHttpClientFactory>().AddSingleton<NativePath>();
        services.AddSingleton<ITransformProvider>(provider =>
        {
            var settings = provider.GetRequiredService<IClusterSettingsSource>();
            return new ForwardedHeaders(
                provider.GetRequiredService<Func<TrustedProxies>>(),
                provider.GetRequiredService<Func<ForwardingOptions>>(),
                cluster => settings.Current.ContainsKey(cluster),
                (cluster, name) => settings.Current[cluster].Get<IdentityOptions>().ReadsHeader(name));
        });
        services.AddSingleton<ITransformProvider>(provider =>
        {
            var settings = provider.GetRequiredService<IClusterSettingsSource>();
            return new OuterTransforms(cluster => settings.Current.ContainsKey(cluster));
        });
        services.DecorateForwarder();
        services.OrderTransforms();
        services.ReplaceClients();
        return services;
    }
}
