namespace WsBalancer.Proxy.Placement.Http;

/// <summary>
/// Keeps the platform's client from sending a handshake over HTTP/1.1 twice. If a node closes the connection before it
/// answers, that client repeats a request without a body up to three times, and has no setting for it.
/// </summary>
/// <remarks>
/// If the first header of a request is written again, the request is being sent again. Over HTTP/2 the client repeats
/// only what the node has declared not to have processed (RFC 9113 §8.7).
/// </remarks>
internal sealed class SingleSend
{
    private static readonly HttpRequestOptionsKey<SingleSend> Key = new("WsBalancer.SingleSend");

    private string? _first;

    /// <summary>Marks a request that must be sent once at most.</summary>
    public static void Apply(HttpRequestMessage request)
    {
        if (request.Headers.Protocol is null)
        {
            request.Options.Set(Key, new SingleSend());
        }
    }

    /// <summary>Must be called for each header of a request, before the header is written.</summary>
    /// <exception cref="HttpRequestException">The request was sent already.</exception>
    public static void Writing(string header, HttpRequestMessage request)
    {
        if (!request.Options.TryGetValue(Key, out var single))
        {
            return;
        }

        if (single._first == header)
        {
            throw new HttpRequestException(
                HttpRequestError.ResponseEnded, "The node ended the connection before it had answered.");
        }

        single._first ??= header;
    }
}
