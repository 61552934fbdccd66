using WsBalancer.Proxy.Health;

namespace WsBalancer.Proxy.Placement;

/// <summary>Sends one attempt through the cluster's client, and shows the request what the node answers.</summary>
internal sealed class PlacedInvoker(HttpMessageInvoker client, PlacedRequest placed, TimeProvider time)
    : HttpMessageInvoker(NoHandler, disposeHandler: false)
{
    // The base class wants one; SendAsync never asks it.
    private static readonly HttpMessageHandler NoHandler = new SocketsHttpHandler();

    public override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = placed.Patience is { } patience
            ? await SendAsync(request, patience, cancellationToken)
            : await client.SendAsync(request, cancellationToken);
        if (placed.CanGoOn && DrainAnnouncement.IsIn(response))
        {
            response.Dispose();
            throw new NodeDrainingException();
        }

        placed.Answered(request, response);
        return response;
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, TimeSpan patience, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            return await client.SendAsync(request, either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new NodeSilentException();
        }
    }
}
