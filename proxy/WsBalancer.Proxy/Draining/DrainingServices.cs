using Microsoft.Extensions.DependencyInjection;

namespace WsBalancer.Proxy.Draining;

/// <summary>Adds the services that drain nodes.</summary>
internal static class DrainingServices
{
    public static IServiceCollection AddDraining(this IServiceCollection services) =>
        services.AddSingleton<DrainRegistry>().AddSingleton<DrainOperations>().AddHostedService<DrainWorker>();
}
