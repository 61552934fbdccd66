using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WsBalancer.Proxy;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Sockets.Engines;
using WsBalancer.Sockets.Transport;

#pragma warning disable IDE0130 // The namespace in which the server's own extensions are found.
namespace Microsoft.AspNetCore.Hosting;
#pragma warning restore IDE0130

/// <summary>Lets Kestrel listen on WsBalancer's event loops.</summary>
public static class WsBalancerSockets
{
    // Eight times the server's default: after an outage all clients connect at once. The kernel's somaxconn bounds it.
    private const int Backlog = 4_096;

    // The bytes that the server reads ahead on a connection without TLS; the server's default is 1 MB. Together with
    // the buffer with which YARP copies, they are half of what a tunnel buffers.
    private const int ReadAhead = 64 * 1024;

    /// <summary>
    /// Lets Kestrel accept and serve connections on event loops of the balancer, with epoll or io_uring, as configured
    /// in <c>WsBalancer:Sockets</c>. WebSockets that do not need the server after their handshake are then forwarded
    /// without it. Only on Linux, at IP addresses; everywhere else the platform's sockets serve as before.
    /// <see cref="SocketTransportOptions"/> apply to both; the backlog's default becomes 4096, that of
    /// <see cref="SocketTransportOptions.MaxReadBufferSize"/> 64 KB. Needs <c>AddWsBalancer</c>.
    /// </summary>
    /// <param name="host">The web host's builder, with Kestrel.</param>
    /// <param name="configure">How the application runs on the loops.</param>
    /// <returns>The same builder.</returns>
    public static IWebHostBuilder UseWsBalancerSockets(
        this IWebHostBuilder host, Action<WsBalancerSocketsOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(host);

        // The platform's transport is registered first, because the server tries the one that was registered last
        // before the others.
        return host.UseSockets(static sockets =>
        {
            sockets.Backlog = Backlog;
            sockets.MaxReadBufferSize = ReadAhead;
        }).ConfigureServices(services =>
        {
            services.AddOptions<WsBalancerSocketsOptions>();
            services.TryAddSingleton(NoOptions);
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

    private static LoopOptions NoOptions(IServiceProvider provider) => throw new InvalidOperationException(
        "UseWsBalancerSockets needs AddWsBalancer, after AddReverseProxy.");

    // Null where the platform's sockets serve; the container can return null for this service.
    private static EventLoops CreateLoops(IServiceProvider provider) => ConfiguredLoops.Start(
        provider.GetRequiredService<LoopOptions>(),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILoggerFactory>())!;

    private static LoopTransport CreateTransport(IServiceProvider provider) => new(
        provider.GetService<EventLoops>(),
        provider.GetRequiredService<IMemoryPoolFactory<byte>>(),
        provider.GetRequiredService<IOptions<SocketTransportOptions>>(),
        provider.GetRequiredService<IOptions<WsBalancerSocketsOptions>>().Value.PreferInlineScheduling,
        provider.GetRequiredService<DescriptorShortage>(),
        provider.GetRequiredService<FirstByteTimeouts>(),
        provider.GetRequiredService<ILogger<LoopTransport>>());
}
