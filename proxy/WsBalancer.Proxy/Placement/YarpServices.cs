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
        var builder = UsedOf<ITransformBuilder>(services).ImplementationType ?? throw new InvalidOperationException(
            "AddWsBalancer creates the application's ITransformBuilder with the transforms in another order, and it is "
            + "registered as a factory or an instance: register its class.");
        services.AddSingleton(provider => (ITransformBuilder)ActivatorUtilities.CreateInstance(
            provider, builder, OuterTransforms.Order(provider.GetServices<ITransformProvider>())));
    }

    public static void DecorateForwarder(this IServiceCollection services)
    {
        var inner = UsedOf<IHttpForwarder>(services);
        services.AddSingleton<IHttpForwarder>(provider => new PlacedForwarder(
            (IHttpForwarder)Create(inner, provider),
            provider.GetRequiredService<NativePath>(),
            provider.GetRequiredService<IClusterSettingsSource>(),
            provider.GetRequiredService<PlacementMetrics>(),
            provider.GetRequiredService<TimeProvider>()));
    }

    // The registration that would be used without the balancer: YARP's, or one of the application.
    private static ServiceDescriptor UsedOf<T>(IServiceCollection services) =>
        services.Last(service => service.ServiceType == typeof(T) && !service.IsKeyedService);

    private static object Create(ServiceDescriptor service, IServiceProvider provider) => service switch
    {
        { ImplementationInstance: { } instance } => instance,
        { ImplementationFactory: { } factory } => factory(provider),
        _ => ActivatorUtilities.CreateInstance(provider, service.ImplementationType!),
    };
}
