using System.Net;
using Microsoft.AspNetCore.Http;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Health;
using WsBalancer.Proxy.Placement.Http;
using WsBalancer.Proxy.Placement.Native;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Sockets.ProxyProtocol;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// Sends one attempt, through the cluster's client or natively, and passes the node's response to the request.
/// </summary>
internal sealed class PlacedInvoker(
    HttpContext context,
    HttpMessageInvoker client,
    NativePath native,
    IClusterSettingsSource settings,
    PlacedRequest placed,
    Node node,
    PlacementMetrics metrics,
    TimeProvider time)
    : HttpMessageInvoker(NoHandler, disposeHandler: false)
{
    // Required by the base class. SendAsync does not use it.
    private static readonly HttpMessageHandler NoHandler = new SocketsHttpHandler();

    public override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        placed.Sending(request);
        AnnounceClient(request);
        context.Features.Get<PlacementSpan>()?.Propagate(request);
        var begun = time.GetTimestamp();
        HttpResponseMessage response;
        try
        {
            response = placed.AttemptTimeout is { } timeout
                ? await SendAsync(request, timeout, cancellationToken)
                : await SendToNodeAsync(request, cancellationToken);
        }
        finally
        {
            // A connect is counted even if the request fails.
            if (placed.ConnectTime is { } connect)
            {
                metrics.Connected(node, connect);
            }
        }

        placed.AnswerTime = time.GetElapsedTime(begun);
        if (placed.CanRetry && DrainAnnouncement.IsIn(response))
        {
            response.Dispose();
            throw new NodeDrainingException();
        }

        if (placed.RetryOn.Contains((int)response.StatusCode))
        {
            response.Dispose();
            throw new NodeRefusedException((int)response.StatusCode);
        }

        Answered(request, response);
        return response;
    }

    private void Answered(HttpRequestMessage request, HttpResponseMessage response)
    {
        try
        {
            placed.Answered(request, response);
        }
        catch
        {
            response.Dispose();
            throw;
        }

        if (!placed.IsUpgraded)
        {
            response.Content = new PromptContent(response, request.Method, context);
        }
    }

    // Sets the addresses for the PROXY header to the node: those of the client's connection, as the application has
    // them.
    private void AnnounceClient(HttpRequestMessage request)
    {
        if (settings.Get<NodeConnectionOptions>(node.Key.Cluster).ProxyProtocol == ProxyProtocolVersion.Off)
        {
            return;
        }

        var client = context.Connection;
        request.Options.Set(
            RequestEndPoints.Key,
            new ClientEndPoints(
                EndPointOf(client.RemoteIpAddress, client.RemotePort),
                EndPointOf(client.LocalIpAddress, client.LocalPort)));
    }

    private static IPEndPoint? EndPointOf(IPAddress? address, int port) =>
        address is null ? null : new IPEndPoint(address, port);

    private async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, TimeSpan timeout, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            return await SendToNodeAsync(request, either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new NodeSilentException();
        }
    }

    private Task<HttpResponseMessage> SendToNodeAsync(HttpRequestMessage request, CancellationToken cancellation) =>
        placed is Handshake && native.Find(context, request) is { } connection
            ? native.SendAsync(connection.Loop, node.Key.Cluster, context, request, cancellation)
            : SendPortablyAsync(request, cancellation);

    private Task<HttpResponseMessage> SendPortablyAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        request.Options.Set(InterimResponse.ClientKey, context);
        request.Options.Set(PlacedRequest.Key, placed);
        if (placed is Handshake)
        {
            SingleSend.Apply(request);
        }

        return client.SendAsync(request, cancellation);
    }
}
