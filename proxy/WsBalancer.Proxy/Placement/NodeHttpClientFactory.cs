using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Proxy.Sockets.Http;
using WsBalancer.Proxy.Tunnels;
using Yarp.ReverseProxy.Forwarder;

namespace WsBalancer.Proxy.Placement;

/// <summary>YARP's client factory; clients of ring clusters connect through our dialer.</summary>
internal sealed class NodeHttpClientFactory(
    IClusterSettingsSource settings,
    NodeDialer dialer,
    HeaderEncoding encoding,
    ILogger<ForwarderHttpClientFactory> logger)
    : ForwarderHttpClientFactory(logger)
{
    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        base.ConfigureHandler(context, handler);
        if (!settings.Current.ContainsKey(context.ClusterId))
        {
            return;
        }

        // The node gets the bytes that the client sent, and the client those of the node; ASCII, the default, would
        // refuse them with a 502.
        handler.RequestHeaderEncodingSelector ??= (name, _) => encoding.Of(name);
        handler.ResponseHeaderEncodingSelector ??= static (_, _) => HeaderBytes.Instance;

        // Traces belong to the client and the node: their headers pass like any other.
        handler.ActivityHeadersPropagator = null;

        // The dialer has a deadline of its own, read at each connect so that a reload is felt.
        handler.ConnectTimeout = Timeout.InfiniteTimeSpan;
        handler.ConnectCallback = async (connect, cancellation) =>
        {
            var cluster = settings.Current.GetValueOrDefault(context.ClusterId);
            var socket = await dialer.ConnectAsync(
                connect.DnsEndPoint.Host,
                connect.DnsEndPoint.Port,
                (cluster?.Get<HandshakeOptions>() ?? new HandshakeOptions()).ConnectTimeout,
                (cluster?.Get<TunnelOptions>() ?? new TunnelOptions()).KeepAlive,
                cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        };
    }
}
