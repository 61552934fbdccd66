using Microsoft.Extensions.DependencyInjection;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Placement.Native;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Transforms.Builder;

namespace WsBalancer.Proxy.Placement;

/// <summary>Replaces services of YARP by those of the balancer, which use them.</summary>
internal static class YarpServices
{
    // An application may configure clients before or after this call. YARP gets the balancer's factory, which uses the
    // factory that was registered last. If that factory has no hooks, YARP gets it unchanged.
    public static void ReplaceClients(this IServiceCollection services)
    {
        var yarp = services.Last(service =>
            service.ServiceType.IsClass && service.ServiceType.IsAssignableTo(typeof(IProxyStateLookup))).ServiceType;
        services.AddSingleton(yarp, provider => ActivatorUtilities.CreateInstance(
            provider,
            yarp,
            provider.GetRequiredService<ApplicationClients>().Replacement
                ?? provider.GetRequiredService<NodeHttpClientFactory>()));
    }

    // Transform providers that an application adds later would otherwise run after the balancer's.
    public static void OrderTransforms(this IServiceCollection services)
    {
        var yarp = ClassOf<ITransformBuilder>(services);
        services.AddSingleton(provider => (ITransformBuilder)ActivatorUtilities.CreateInstance(
            provider, yarp, OuterTransforms.Order(provider.GetServices<ITransformProvider>())));
    }

    public static void DecorateForwarder(this IServiceCollection services)
    {
        var yarp = ClassOf<IHttpForwarder>(services);
        services.AddSingleton<IHttpForwarder>(provider => new PlacedForwarder(
            (IHttpForwarder)ActivatorUtilities.CreateInstance(provider, yarp),
            provider.GetRequiredService<NativePath>(),
            provider.GetRequiredService<IClusterSettingsSource>(),
            provider.GetRequiredService<PlacementMetrics>(),
            provider.GetRequiredService<TimeProvider>()));
    }

    // The class with which YARP has registered a service.
    private static Type ClassOf<T>(IServiceCollection services) => services
        .Where(service => service.ServiceType == typeof(T))
        .Select(service => service.ImplementationType)
        .OfType<Type>()
        .Last();
}
