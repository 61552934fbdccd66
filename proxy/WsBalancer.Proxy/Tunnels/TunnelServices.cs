using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tunnels.Native;
using WsBalancer.Sockets.Engines;

namespace WsBalancer.Proxy.Tunnels;

/// <summary>Adds the services that register tunnels, measure them, and end those that last or buffer too much.
/// </summary>
internal static class TunnelServices
{
    public static IServiceCollection AddTunnels(this IServiceCollection services)
    {
        services.AddSingleton<TunnelRegistry>().AddSingleton<TunnelMetrics>().AddHostedService<TunnelSweep>();
        services.AddHostedService(static provider => new BufferMetrics(
            provider.GetRequiredService<BalancerRegistry>(),
            provider.GetRequiredService<TunnelRegistry>(),
            provider.GetRequiredService<SocketsOptions>(),
            provider.GetService<EventLoops>()?.Store));
        return services.AddSingleton(static provider => new BufferGuard(
            provider.GetRequiredService<TunnelRegistry>(),
            provider.GetRequiredService<SocketsOptions>(),
            provider.GetService<EventLoops>()?.Store,
            provider.GetRequiredService<ILogger<BufferGuard>>()))
            .AddHostedService(static provider => new TunnelAudit(
                provider.GetRequiredService<TunnelRegistry>(),
                provider.GetService<EventLoops>()?.All ?? [],
                provider.GetRequiredService<BalancerRegistry>().CreateGauge(
                    "wsbalancer_sockets_unowned",
                    "Connections and tunnels without an owner; not 0 is a bug of the balancer."),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<TunnelAudit>>()));
    }
}
