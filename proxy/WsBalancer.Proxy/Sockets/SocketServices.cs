using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Sockets.Engines;
using WsBalancer.Sockets.Loops;
using WsBalancer.Sockets.Names;
using WsBalancer.Sockets.Tcp;
using WsBalancer.Sockets.Transport;

namespace WsBalancer.Proxy.Sockets;

/// <summary>
/// Adds the services that accept the connections of clients and open those to nodes, and the metrics of the process and
/// of the event loops.
/// </summary>
internal static class SocketServices
{
    public static IServiceCollection AddSockets(this IServiceCollection services)
    {
        LimitedTransport.Register(services);
        services.AddHostedService(provider => new DescriptorCheck(
            services, provider.GetRequiredService<ILogger<DescriptorCheck>>()));
        services.AddSingleton(static provider => provider.GetRequiredService<SocketsOptions>().ToLoopOptions());
        services.AddSingleton(static provider =>
        {
            var options = provider.GetRequiredService<SocketsOptions>();
            SourceAddressCheck.ThrowIfForeign(options);
            return new SourceAddressPool(
                options.SourceAddresses, provider.GetRequiredService<ILogger<SourceAddressPool>>());
        });
        services.AddHostedService<ProcessMetrics>();
        services.AddHostedService(static provider => new LoopMetrics(
            provider.GetRequiredService<BalancerRegistry>(), provider.GetService<EventLoops>()?.All ?? []));
        services.TryAddSingleton<INameResolver, SystemNameResolver>();
        return services.AddSingleton<NameCache>().AddSingleton<NodeDialer>().AddSingleton<LoopDialer>();
    }
}
