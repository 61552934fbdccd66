using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Proxy.Sockets.Names;
using WsBalancer.Proxy.Sockets.ProxyProtocol;
using WsBalancer.Proxy.Tunnels;
using Yarp.ReverseProxy.Forwarder;

namespace WsBalancer.Proxy.Placement;

/// <summary>YARP's client factory; clients of ring clusters connect through our dialer.</summary>
internal sealed class NodeHttpClientFactory(
    IClusterSettingsSource settings, NodeDialer dialer, ILogger<ForwarderHttpClientFactory> logger)
    : ForwarderHttpClientFactory(logger)
{
    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        base.ConfigureHandler(context, handler);
        if (!settings.Current.TryGetValue(context.ClusterId, out var ours))
        {
            return;
        }

        // A connection that begins with a PROXY header is that of one client. Any other is used for new requests for as
        // long as an answer of DNS, so that a node that has moved is followed.
        handler.PooledConnectionLifetime = ours.Get<NodeConnectionOptions>().ProxyProtocol == ProxyProtocolVersion.Off
            ? KnownName.RefreshAfter
            : TimeSpan.Zero;

        // The server reads headers as UTF-8, so this gives the node the bytes that the client sent; ASCII would refuse
        // them with a 502.
        handler.RequestHeaderEncodingSelector ??= (_, _) => Encoding.UTF8;

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
            var stream = new NetworkStream(socket, ownsSocket: true);
            await AnnounceAsync(
                stream,
                cluster?.Get<NodeConnectionOptions>().ProxyProtocol ?? ProxyProtocolVersion.Off,
                connect.InitialRequestMessage,
                cancellation);
            return stream;
        };
    }

    private static async ValueTask AnnounceAsync(
        NetworkStream stream, ProxyProtocolVersion version, HttpRequestMessage request, CancellationToken cancellation)
    {
        if (version == ProxyProtocolVersion.Off)
        {
            return;
        }

        try
        {
            var header = new byte[ProxyHeader.MaxLength];
            var length = ProxyHeader.Write(header, version, ClientEndPoints.Of(request));
            await stream.WriteAsync(header.AsMemory(0, length), cancellation);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }
}
