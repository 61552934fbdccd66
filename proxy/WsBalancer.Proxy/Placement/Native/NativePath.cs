using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Http;
using WsBalancer.Proxy.Placement.Http;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Proxy.Tunnels;
using WsBalancer.Sockets.Loops;
using WsBalancer.Sockets.Transport;
using Yarp.ReverseProxy.Configuration;

namespace WsBalancer.Proxy.Placement.Native;

/// <summary>
/// Sends handshakes to nodes from the event loop of the client's connection, so that the two sockets of the tunnel
/// belong to one thread.
/// </summary>
internal sealed class NativePath(
    LoopDialer dialer, IClusterSettingsSource settings, NodeHttpClientFactory clients, HeaderEncoding encoding)
{
    /// <summary>
    /// The client's connection, if the handshake can be sent from its loop; null if it takes the portable path.
    /// </summary>
    /// <param name="context">The client's request.</param>
    /// <param name="request">The request to the node.</param>
    public LoopConnection? Find(HttpContext context, HttpRequestMessage request) =>
        HttpProtocol.IsHttp11(context.Request.Protocol)
        && context.Features.Get<LoopConnection>() is { } connection
        && connection.CanDetach(context.Features)
        && IsPlain(request)
        && IsPlain(context.GetReverseProxyFeature().Cluster.Config)
            ? connection
            : null;

    /// <summary>Sends the handshake, and returns the response once its head is received.</summary>
    /// <exception cref="HttpRequestException">There is no response, or no valid one.</exception>
    /// <exception cref="OperationCanceledException">The request was cancelled.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        EventLoop loop, string cluster, HttpContext context, HttpRequestMessage request, CancellationToken cancellation)
    {
        if (loop.IsCurrent)
        {
            return await SendOnLoopAsync(loop, cluster, context, request, cancellation);
        }

        await loop.Enter();
        try
        {
            return await SendOnLoopAsync(loop, cluster, context, request, cancellation);
        }
        finally
        {
            // A caller of another thread may block, which the loop's thread must not.
            await Task.Yield();
        }
    }

    private async ValueTask<HttpResponseMessage> SendOnLoopAsync(
        EventLoop loop, string cluster, HttpContext context, HttpRequestMessage request, CancellationToken cancellation)
    {
        var begun = loop.Time.GetTimestamp();
        var socket = await ConnectAsync(loop, cluster, TargetUri.Of(request), cancellation);
        if (context.Features.Get<PlacedRequest>() is { } placed)
        {
            placed.ConnectTime = loop.Time.GetElapsedTime(begun);
        }

        var proxyProtocol = settings.Get<NodeConnectionOptions>(cluster).ProxyProtocol;
        return await new NodeExchange(socket, request, encoding, proxyProtocol, context, cancellation).RunAsync();
    }

    private async ValueTask<LoopSocket> ConnectAsync(
        EventLoop loop, string cluster, Uri node, CancellationToken cancellation)
    {
        try
        {
            return await dialer.ConnectAsync(
                loop,
                node.IdnHost,
                node.Port,
                settings.Get<HandshakeOptions>(cluster).ConnectTimeout,
                settings.Get<TunnelOptions>(cluster).KeepAlive,
                NoEventsHandler.Instance,
                cancellation);
        }
        catch (SocketException ex)
        {
            throw ConnectFailure.Of(ex, node.Authority);
        }
    }

    // Transforms may have changed the request in any way.
    private static bool IsPlain(HttpRequestMessage request) =>
        request.Method == HttpMethod.Get
        && request.Version == HttpVersion.Version11
        && request.RequestUri?.Scheme == Uri.UriSchemeHttp
        && !RequestHead.HasBody(request);

    // The other settings of a client apply to TLS and HTTP/2 only. Clients that the application configures are not
    // bypassed.
    private bool IsPlain(ClusterConfig cluster) => clients.MayBypass(cluster.ClusterId)
        && cluster.HttpClient is null or
        {
            WebProxy: null, MaxConnectionsPerServer: null, RequestHeaderEncoding: null, ResponseHeaderEncoding: null,
        };
}
