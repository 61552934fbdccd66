using System.Net.Http.Headers;
using WsBalancer.Proxy.Http;

namespace WsBalancer.Proxy.Placement.Http;

/// <summary>
/// Sends the requests of a cluster to its nodes over HTTP/1.1. Targets and values are sent as the client sent them,
/// heads and bodies are not buffered, and a node may respond early. Requests that need HTTP/2 are sent by the
/// platform's client.
/// </summary>
/// <param name="platform">The client for HTTP/2 and higher, configured by YARP and the application.</param>
/// <param name="connector">Opens connections.</param>
/// <param name="pool">Keeps connections between two requests.</param>
/// <param name="encoding">The encoding of header values.</param>
/// <param name="time">For deadlines.</param>
internal sealed class NodeClient(
    HttpMessageHandler platform,
    NodeConnector connector,
    NodeConnectionPool pool,
    HeaderEncoding encoding,
    TimeProvider time)
    : HttpMessageHandler
{
    private readonly HttpMessageInvoker _platform = new(platform, disposeHandler: true);

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!IsHttp11(request))
        {
            request.Content = request.Content is { } content ? new FlushedContent(content) : null;
            return await _platform.SendAsync(request, cancellationToken);
        }

        var endpoint = NodeEndpoint.Of(request);
        if (!connector.IsOfOneClient
            && CanBeSentAgain(request)
            && pool.Take(endpoint) is { } waiting
            && await TrySendAsync(ExchangeOn(waiting), cancellationToken) is { } response)
        {
            return response;
        }

        var connected = await connector.ConnectAsync(endpoint, request, cancellationToken);
        return await ExchangeOn(connected).SendAsync(cancellationToken);

        HttpExchange ExchangeOn(NodeConnection connection) => new(
            request,
            connection,
            released => Release(endpoint, released),
            encoding,
            time);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _platform.Dispose();
        }

        base.Dispose(disposing);
    }

    // Null if the node closed the connection before it responded: the request can be sent on a new connection.
    private static async Task<HttpResponseMessage?> TrySendAsync(HttpExchange exchange, CancellationToken cancellation)
    {
        try
        {
            return await exchange.SendAsync(cancellation);
        }
        catch (HttpRequestException) when (!exchange.IsAnswered)
        {
            return null;
        }
    }

    private void Release(NodeEndpoint endpoint, NodeConnection connection)
    {
        if (connector.IsOfOneClient)
        {
            connection.Dispose();
        }
        else
        {
            pool.Return(endpoint, connection);
        }
    }

    // Over TLS the platform's client negotiates a version with the node; in clear it uses the lowest that is allowed.
    private static bool IsHttp11(HttpRequestMessage request) =>
        request.VersionPolicy != HttpVersionPolicy.RequestVersionOrHigher
        && (request.Version.Major == 1
            || (request.VersionPolicy == HttpVersionPolicy.RequestVersionOrLower
                && request.RequestUri?.Scheme == Uri.UriSchemeHttp));

    // A node may close an idle connection at any time. Only requests that may be sent twice use one (RFC 9112 §9.3.1),
    // so that no other request fails for that or is repeated.
    private static bool CanBeSentAgain(HttpRequestMessage request) =>
        !RequestHead.HasBody(request)
        && !IsUpgrade(request.Headers)
        && (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head
            || request.Method == HttpMethod.Options || request.Method == HttpMethod.Trace
            || request.Method == HttpMethod.Put || request.Method == HttpMethod.Delete);

    private static bool IsUpgrade(HttpRequestHeaders headers) => headers.NonValidated.Contains("Upgrade");
}
