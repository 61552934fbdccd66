using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Http;
using WsBalancer.Proxy.Placement.Http;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Sockets.Names;
using WsBalancer.Sockets.ProxyProtocol;
using Yarp.ReverseProxy.Forwarder;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// YARP's client factory. The clients of ring clusters open their connections with the balancer's dialer and
/// send HTTP/1.1 themselves, unless the application configures them in a way that only the platform's client supports.
/// </summary>
internal sealed class NodeHttpClientFactory(
    IClusterSettingsSource settings,
    ApplicationClients application,
    NodeDialer dialer,
    HeaderEncoding encoding,
    TimeProvider time,
    ILogger<NodeHttpClientFactory> logger,
    ILogger<ForwarderHttpClientFactory> yarpLogger)
    : ForwarderHttpClientFactory(yarpLogger)
{
    private readonly ConcurrentDictionary<string, bool> _ofPlatform = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a handshake may be sent without the client of its cluster.</summary>
    public bool MayBypass(string cluster) =>
        application.Replacement is null && !_ofPlatform.GetValueOrDefault(cluster);

    protected override bool CanReuseOldClient(ForwarderHttpClientContext context) =>
        application.CanReuseOldClient(context);

    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        var initial = HandlerSettings.Of(handler);
        application.ConfigureHandler(context, handler);
        if (!settings.Current.TryGetValue(context.ClusterId, out var ours))
        {
            // Limits the descriptors for other clusters, too: there each HTTP/2 stream of a client may need a
            // connection.
            handler.ConnectCallback ??= static (connect, cancellation) =>
                NodeDialer.ConnectAsync(connect.DnsEndPoint, cancellation);
            return;
        }

        var configured = HandlerSettings.Of(handler);
        _ofPlatform[context.ClusterId] = configured != initial;

        // A connection that begins with a PROXY header belongs to one client. Any other connection is used for new
        // requests as long as an answer of DNS is valid, so that a node whose address changes is found.
        var announcesClient = ours.Get<NodeConnectionOptions>().ProxyProtocol != ProxyProtocolVersion.Off;
        if (announcesClient || configured.PooledConnectionLifetime == initial.PooledConnectionLifetime)
        {
            handler.PooledConnectionLifetime = announcesClient ? TimeSpan.Zero : KnownName.RefreshAfter;
        }

        // Header values are forwarded byte for byte in both directions; ASCII, the default, would reject other bytes
        // with a 502.
        var selector = handler.RequestHeaderEncodingSelector ?? ((name, _) => encoding.Of(name));
        handler.RequestHeaderEncodingSelector = Authenticates(handler) ? selector : (name, request) =>
        {
            SingleSend.Writing(name, request);
            return selector(name, request);
        };
        handler.ResponseHeaderEncodingSelector ??= static (_, _) => ByteHeaderEncoding.Instance;

        // Traces belong to the client and the node: their headers are forwarded like any other.
        handler.ActivityHeadersPropagator =
            configured.Propagator == initial.Propagator ? null : configured.Propagator;
        Connect(context, handler, configured.ConnectTimeout == initial.ConnectTimeout, announcesClient);
    }

    // Clusters with settings that only the platform's client supports use that client.
    protected override HttpMessageHandler WrapHandler(ForwarderHttpClientContext context, HttpMessageHandler handler)
    {
        if (!settings.Current.ContainsKey(context.ClusterId))
        {
            return application.WrapHandler(context, handler);
        }

        var client = ClientOver(context, handler);
        var wrapped = application.WrapHandler(context, client);
        if (wrapped != client)
        {
            _ofPlatform[context.ClusterId] = true;
        }

        if (!MayBypass(context.ClusterId) && !NeedsPlatform(context))
        {
            PlacementLog.ClientConfigured(logger, context.ClusterId);
        }

        return wrapped;
    }

    private HttpMessageHandler ClientOver(ForwarderHttpClientContext context, HttpMessageHandler handler)
    {
        if (handler is not SocketsHttpHandler platform || !MayBypass(context.ClusterId) || NeedsPlatform(context))
        {
            return handler;
        }

        var pool = new NodeConnectionPool(() => settings.Get<RequestOptions>(context.ClusterId), dialer, time);
        return new NodeClient(platform, CreateConnector(context, platform), pool, encoding, time);
    }

    private static bool NeedsPlatform(ForwarderHttpClientContext context) => context.NewConfig is not
    {
        WebProxy: null, MaxConnectionsPerServer: null, RequestHeaderEncoding: null, ResponseHeaderEncoding: null,
    };

    // A ConnectCallback of the application has precedence over the dialer of the balancer.
    private void Connect(
        ForwarderHttpClientContext context, SocketsHttpHandler handler, bool isTimeoutOurs, bool announcesClient)
    {
        if (handler.ConnectCallback is not null)
        {
            if (announcesClient)
            {
                throw new InvalidOperationException(
                    $"WsBalancer:Clusters:{context.ClusterId}:ProxyProtocol needs the balancer's own connections, and "
                    + "the application's ConfigureHttpClient sets a ConnectCallback: expected one of the two.");
            }

            PlacementLog.ConnectsByItself(logger, context.ClusterId);
            return;
        }

        // The dialer has a deadline of its own, read at each connect so that a reload has effect.
        handler.ConnectTimeout = isTimeoutOurs ? Timeout.InfiniteTimeSpan : handler.ConnectTimeout;
        var connector = CreateConnector(context, handler);
        handler.ConnectCallback = async (connect, cancellation) => await connector.OpenAsync(
            connect.DnsEndPoint.Host, connect.DnsEndPoint.Port, connect.InitialRequestMessage, cancellation);
    }

    // With credentials the platform's client must send a request again, when a proxy or a node requires them.
    private static bool Authenticates(SocketsHttpHandler handler) =>
        handler.Credentials is not null
        || handler.DefaultProxyCredentials is not null
        || handler.Proxy?.Credentials is not null;

    private NodeConnector CreateConnector(ForwarderHttpClientContext context, SocketsHttpHandler handler) =>
        new(dialer, settings, context.ClusterId, handler.SslOptions, time);
}
