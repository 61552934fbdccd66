using System.Net.Http.Headers;
using WsBalancer.Proxy.Sockets.Http;

namespace WsBalancer.Proxy.Placement.Http;

/// <summary>What a node's 101 must have, and what is added to it where a node leaves it out.</summary>
internal static class WebSocketResponse
{
    /// <summary>
    /// Completes a 101 that is clearly a WebSocket's: a client rejects one without <c>Connection: Upgrade</c> (RFC 6455
    /// §4.1), some nodes do not send it, and nginx adds it.
    /// </summary>
    /// <exception cref="NotWebSocketException">The node switched to something else.</exception>
    public static void Complete(HttpResponseMessage response)
    {
        var headers = response.Headers;
        if (!Names(headers, "Upgrade", "websocket"))
        {
            throw new NotWebSocketException("it has no 'Upgrade: websocket'");
        }

        if (!headers.NonValidated.Contains("Sec-WebSocket-Accept"))
        {
            throw new NotWebSocketException("it has no Sec-WebSocket-Accept");
        }

        if (!Names(headers, "Connection", "Upgrade"))
        {
            headers.Remove("Connection");
            headers.TryAddWithoutValidation("Connection", "Upgrade");
        }
    }

    // A header may be a list, on one line or several, in any case.
    private static bool Names(HttpResponseHeaders headers, string header, string token)
    {
        if (!headers.NonValidated.TryGetValues(header, out var lines))
        {
            return false;
        }

        foreach (var line in lines)
        {
            if (HeaderList.Contains(line, token))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>A node answered a handshake with a 101 that opens no WebSocket.</summary>
internal sealed class NotWebSocketException(string why)
    : HttpRequestException(HttpRequestError.InvalidResponse, $"The node's 101 is not a WebSocket's: {why}.");
