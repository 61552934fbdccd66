using System.Net.Http.Headers;

namespace WsBalancer.Proxy.Placement.Http;

/// <summary>Checks the headers of a node's 101, and adds the one that some nodes omit.</summary>
internal static class WebSocketResponse
{
    /// <summary>
    /// Adds a missing <c>Connection: Upgrade</c> to the 101 of a WebSocket: clients reject a 101 without it (RFC 6455
    /// §4.1), some nodes do not send it, and nginx adds it.
    /// </summary>
    /// <exception cref="NotWebSocketException">The 101 is not that of a WebSocket.</exception>
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
