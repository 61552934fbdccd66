using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using WsBalancer.Proxy;
using WsBalancer.Proxy.Http;
using WsBalancer.Proxy.Identity;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Sockets.Engines;
using WsBalancer.Sockets.Transport;

#pragma warning disable IDE0130 // The namespace in which the server's own extensions are found.
namespace Microsoft.AspNetCore.Hosting;
#pragma warning restore IDE0130

/// <summary>
/// Configures Kestrel for the balancer: event loops, requests as a proxy reads them, and the PROXY protocol.
/// </summary>
public static class WsBalancerKestrel
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

    /// <summary>
    /// Reads and writes header values as bytes, one character for each, so that nodes and clients receive the bytes
    /// that the other sent, and gives the authority of an absolute request target precedence over the Host header.
    /// </summary>
    /// <remarks>
    /// For an application that only balances: a header value that is not ASCII is read as Latin-1, one character for
    /// each byte, and not as UTF-8. Sets <see cref="KestrelServerOptions.RequestHeaderEncodingSelector"/>,
    /// <see cref="KestrelServerOptions.ResponseHeaderEncodingSelector"/> and
    /// <see cref="KestrelServerOptions.AllowHostHeaderOverride"/>.
    /// </remarks>
    /// <param name="server">The server's options.</param>
    /// <returns>The same options.</returns>
    public static KestrelServerOptions UseWsBalancerRequests(this KestrelServerOptions server)
    {
        ArgumentNullException.ThrowIfNull(server);

        server.RequestHeaderEncodingSelector = EncodingOf;
        server.ResponseHeaderEncodingSelector = static _ => ByteHeaderEncoding.Instance;
        server.AllowHostHeaderOverride = true;
        return server;
    }

    /// <summary>
    /// Accepts <c>ws://</c> and <c>wss://</c> in the absolute target of a request, if the request is the first of its
    /// connection. <see cref="KestrelServerOptions.ConfigureEndpointDefaults"/> is for all endpoints.
    /// </summary>
    /// <param name="endpoint">The endpoint. With TLS or without.</param>
    /// <returns>The same endpoint.</returns>
    public static ListenOptions UseWsBalancerRequests(this ListenOptions endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);

        endpoint.Use(static next => connection => next(new SchemeConnection(connection)));
        return endpoint;
    }

    /// <summary>
    /// Reads the PROXY header, version 1 or 2, of connections from the peers of <c>WsBalancer:ProxyProtocol:From</c> in
    /// the configuration, and sets the addresses of the connection to those in the header. Must be called before
    /// <c>UseHttps</c>, since the header is sent before TLS; <c>ConfigureEndpointDefaults</c> is for all endpoints.
    /// Needs <c>AddWsBalancer</c>.
    /// </summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <returns>The same endpoint.</returns>
    public static ListenOptions UseWsBalancerProxyProtocol(this ListenOptions endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);

        endpoint.Use(next =>
        {
            var middleware = endpoint.ApplicationServices.GetService<ProxyProtocolMiddleware>()
                ?? throw new InvalidOperationException(
                    "UseWsBalancerProxyProtocol needs AddWsBalancer, after AddReverseProxy.");
            return connection => middleware.RunAsync(connection, next);
        });
        return endpoint;
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

    private static Encoding EncodingOf(string name) => name.Length switch
    {
        4 when Is(name, HeaderNames.Host) => StrictHeaderEncoding.Host,
        10 when Is(name, HeaderNames.Connection) => ConnectionOptionEncoding.Instance,
        14 when Is(name, HeaderNames.ContentLength) => StrictHeaderEncoding.Length,
        _ => Encoding.Latin1,
    };

    private static bool Is(string name, string header) => name.Equals(header, StringComparison.OrdinalIgnoreCase);
}
