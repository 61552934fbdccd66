using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WsBalancer.Proxy;
using WsBalancer.Proxy.Sockets.Engines;
using WsBalancer.Proxy.Sockets.Transport;

#pragma warning disable IDE0130 // The namespace in which the server's own extensions are found.
namespace Microsoft.AspNetCore.Hosting;
#pragma warning restore IDE0130

/// <summary>Lets Kestrel listen on WsBalancer's event loops.</summary>
public static class WsBalancerSockets
{
    // Eight times the server's default: after an outage everybody connects at once. The kernel's somaxconn bounds it.
    private const int Backlog = 4_096;

    // What the server reads ahead of a connection in clear; with what YARP copies at a time, half of what a tunnel
    // buffers. The server's default is 1 MB.
    private const int ReadAhead = 64 * 1024;

    /// <summary>
    /// Lets Kestrel accept and serve connections on event loops of the balancer's own, with epoll or io_uring, as
    /// <c>WsBalancer:Sockets</c> in the configuration says: WebSockets that need nothing of the server after their
    /// handshake are then passed on without it. Only on Linux, at IP addresses; everywhere else the platform's sockets
    /// serve as before. <see cref="SocketTransportOptions"/> hold for both; the backlog's default becomes 4096, that of
    /// <see cref="SocketTransportOptions.MaxReadBufferSize"/> 64 KB. Needs <c>AddWsBalancer</c>.
    /// </summary>
    /// <param name="host">The web host's builder, with Kestrel.</param>
    /// <param name="configure">How the application runs on the loops.</param>
    /// <returns>The same builder.</returns>
    public static IWebHostBuilder UseWsBalancerSockets(
        this IWebHostBuilder host, Action<WsBalancerSocketsOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(host);

        // First the platform's: the server asks what is registered last first.
        return host.UseSockets(static sockets =>
        {
            sockets.Backlog = Backlog;
            sockets.MaxReadBufferSize = ReadAhead;
        }).ConfigureServices(services =>
        {
            services.AddOptions<WsBalancerSocketsOptions>();
            LimitedTransport.Register(services);
            services.TryAddSingleton(CreateLoops);
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IConnectionListenerFactory, LoopTransport>(
                CreateTransport));
            if (configure is not null)
            {
                services.Configure(configure);
            }
        });
    }

    // Null where there are none, which the container keeps as such.
    private static EventLoops CreateLoops(IServiceProvider provider) => EventLoops.Create(
        LimitedTransport.OptionsOf(provider),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILoggerFactory>())!;

    private static LoopTransport CreateTransport(IServiceProvider provider) => new(
        provider.GetService<EventLoops>(),
        provider.GetRequiredService<IMemoryPoolFactory<byte>>(),
        provider.GetRequiredService<IOptions<SocketTransportOptions>>(),
        provider.GetRequiredService<IOptions<WsBalancerSocketsOptions>>(),
        provider.GetRequiredService<DescriptorShortage>(),
        provider.GetRequiredService<FirstByteTimeouts>(),
        provider.GetRequiredService<ILogger<LoopTransport>>());
}
