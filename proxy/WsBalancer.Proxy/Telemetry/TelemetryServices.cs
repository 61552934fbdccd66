using Microsoft.Extensions.DependencyInjection;

namespace WsBalancer.Proxy.Telemetry;

/// <summary>Adds the registry of the metrics. The admin host adds the events, whose file its settings name.</summary>
internal static class TelemetryServices
{
    public static IServiceCollection AddTelemetry(this IServiceCollection services) =>
        services.AddSingleton<BalancerRegistry>();
}
