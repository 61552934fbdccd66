using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Placement.Http;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Proxy.Sockets.Http;
using WsBalancer.Proxy.Sockets.Names;
using WsBalancer.Proxy.Sockets.ProxyProtocol;
using Yarp.ReverseProxy.Forwarder;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// YARP's client factory. The clients of ring clusters open their connections with the balancer's dialer and
/// send HTTP/1.1 themselves.
/// </summary>
internal sealed class NodeHttpClientFactory(
    IClusterSettingsSource settings,
    NodeDialer dialer,
    HeaderEncoding encoding,
    TimeProvider time,
    ILogger<ForwarderHttpClientFactory> logger)
    : ForwarderHttpClientFactory(logger)
{
    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        base.ConfigureHandler(context, handler);
        if (!settings.Current.TryGetValue(context.ClusterId, out var ours))
        {
            // Each stream of HTTP/2 may need a connection, whichever cluster it is for.
            handler.ConnectCallback ??= static (connect, cancellation) =>
                NodeDialer.ConnectAsync(connect.DnsEndPoint, cancellation);
            return;
        }

        // A connection that begins with a PROXY header is that of one client. Any other is used for new requests for as
        // long as an answer of DNS, so that a node that has moved is followed.
        handler.PooledConnectionLifetime = ours.Get<NodeConnectionOptions>().ProxyProtocol == ProxyProtocolVersion.Off
            ? KnownName.RefreshAfter
            : TimeSpan.Zero;

        // The node gets the bytes that the client sent, and the client those of the node; ASCII, the default, would
        // refuse them with a 502.
        var selector = handler.RequestHeaderEncodingSelector ?? ((name, _) => encoding.Of(name));
        handler.RequestHeaderEncodingSelector = Authenticates(handler) ? selector : (name, request) =>
        {
            SingleSend.Writing(name, request);
            return selector(name, request);
        };
        handler.ResponseHeaderEncodingSelector ??= static (_, _) => HeaderBytes.Instance;

        // Traces belong to the client and the node: their headers pass like any other.
        handler.ActivityHeadersPropagator = null;

        // The dialer has a deadline of its own, read at each connect so that a reload is felt.
        handler.ConnectTimeout = Timeout.InfiniteTimeSpan;
        var connector = CreateConnector(context, handler);
        handler.ConnectCallback = async (connect, cancellation) => await connector.OpenAsync(
            connect.DnsEndPoint.Host, connect.DnsEndPoint.Port, connect.InitialRequestMessage, cancellation);
    }

    // A request is sent again with the credentials that a proxy or a node requires.
    private static bool Authenticates(SocketsHttpHandler handler) =>
        handler.Credentials is not null
        || handler.DefaultProxyCredentials is not null
        || handler.Proxy?.Credentials is not null;

    // Clusters with settings that only the platform's client supports keep it.
    protected override HttpMessageHandler WrapHandler(ForwarderHttpClientContext context, HttpMessageHandler handler)
    {
        if (!settings.Current.ContainsKey(context.ClusterId)
            || handler is not SocketsHttpHandler platform
            || context.NewConfig is not
            {
                WebProxy: null,
                MaxConnectionsPerServer: null,
                RequestHeaderEncoding: null,
                ResponseHeaderEncoding: null,
            })
        {
            return handler;
        }

        var pool = new NodeConnectionPool(() => settings.Get<RequestOptions>(context.ClusterId), dialer, time);
        return new NodeClient(platform, CreateConnector(context, platform), pool, encoding, time);
    }

    private NodeConnector CreateConnector(ForwarderHttpClientContext context, SocketsHttpHandler handler) =>
        new(dialer, settings, context.ClusterId, handler.SslOptions, time);
}
