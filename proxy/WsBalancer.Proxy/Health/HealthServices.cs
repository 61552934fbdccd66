using Microsoft.Extensions.DependencyInjection;

namespace WsBalancer.Proxy.Health;

/// <summary>Adds the services that judge the health of nodes and the readiness of this balancer.</summary>
internal static class HealthServices
{
    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddSingleton<Readiness>().AddSingleton<ReadinessCheck>().AddSingleton<HandshakeOutcomes>();
        return services.AddSingleton<ProbeMetrics>().AddSingleton<NodeProbe>().AddSingleton<HealthMonitor>()
            .AddHostedService(provider => provider.GetRequiredService<HealthMonitor>());
    }
}
