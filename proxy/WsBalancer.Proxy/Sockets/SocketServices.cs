using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Http;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Sockets.Engines;
using WsBalancer.Sockets.Loops;
using WsBalancer.Sockets.Names;
using WsBalancer.Sockets.Tcp;
using WsBalancer.Sockets.Transport;

namespace WsBalancer.Proxy.Sockets;

/// <summary>Adds the services that accept the connections of clients and open those to nodes.</summary>
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
        services.AddSingleton<HeaderEncoding>().AddHostedService<ProcessMetrics>();
        services.AddHostedService(static provider => new LoopMetrics(
            provider.GetRequiredService<BalancerRegistry>(), provider.GetService<EventLoops>()?.All ?? []));
        services.TryAddSingleton<INameResolver, SystemNameResolver>();

        // Header values of nodes are bytes, unless the application has configured an encoding.
        services.PostConfigure<KestrelServerOptions>(server => server.ResponseHeaderEncodingSelector =
            server.ResponseHeaderEncodingSelector == new KestrelServerOptions().ResponseHeaderEncodingSelector
                ? static _ => ByteHeaderEncoding.Instance
                : server.ResponseHeaderEncodingSelector);
        return services.AddSingleton<NameCache>().AddSingleton<NodeDialer>().AddSingleton<LoopDialer>();
    }
}
