using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using WsBalancer.Proxy.Placement.Http;
using Yarp.ReverseProxy.Transforms;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// Corrects YARP's handling of hop-by-hop headers (RFC 9110 §7.6.1): adds those that have the same meaning on the next
/// connection, which YARP removes, and removes those that a node names in its Connection header, which YARP forwards.
/// </summary>
internal static class HopHeaders
{
    private const string Trailers = "trailers";

    /// <summary>
    /// <c>TE: trailers</c> of a client is forwarded, since trailers of the response are (RFC 9110 §10.1.4). The
    /// response to a handshake has none.
    /// </summary>
    public static ValueTask CopyRequest(RequestTransformContext context)
    {
        var request = context.ProxyRequest;
        if (context.HttpContext.Features.Get<PlacedRequest>() is PlainRequest
            && request.Version.Major == 1
            && context.HttpContext.Request.Headers.TE is { Count: > 0 } codings
            && codings.Any(static line => HeaderList.Contains(line, Trailers)))
        {
            request.Headers.TryAddWithoutValidation(HeaderNames.TE, Trailers);
            request.Headers.TryAddWithoutValidation(HeaderNames.Connection, HeaderNames.TE);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Copies and removes headers of the response to the client.</summary>
    public static ValueTask CopyResponse(ResponseTransformContext context)
    {
        if (context is not { HeadersCopied: true, ProxyResponse: { } response })
        {
            return ValueTask.CompletedTask;
        }

        var client = context.HttpContext.Response;
        if (response.Headers.NonValidated.TryGetValues(HeaderNames.Connection, out var named))
        {
            RemoveNamed(client, new StringValues([.. named]));
        }

        // A 426 lists the protocols that the node requires (RFC 9110 §15.5.22). HTTP/2 has no Upgrade.
        if (response.StatusCode == HttpStatusCode.UpgradeRequired
            && response.Headers.NonValidated.TryGetValues(HeaderNames.Upgrade, out var protocols)
            && !HttpProtocol.IsHttp2(context.HttpContext.Request.Protocol))
        {
            client.Headers.Upgrade = new StringValues([.. protocols]);
            client.Headers.Connection = $"{HeaderNames.Upgrade}, {HeaderNames.KeepAlive}";
        }

        // YARP removes the length, without which the client would wait for a body (RFC 9110 §15.3.6).
        if (response.StatusCode == HttpStatusCode.ResetContent)
        {
            client.ContentLength = 0;
        }

        return ValueTask.CompletedTask;
    }

    private static void RemoveNamed(HttpResponse client, StringValues named)
    {
        foreach (var line in named)
        {
            foreach (var range in line.AsSpan().Split(','))
            {
                var name = line.AsSpan(range).Trim();
                if (!name.IsEmpty && !IsOfTheMessage(name))
                {
                    client.Headers.Remove(name.ToString());
                }
            }
        }
    }

    // Headers that describe the message cannot be headers of the connection.
    private static bool IsOfTheMessage(ReadOnlySpan<char> name) =>
        name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("Sec-WebSocket-", StringComparison.OrdinalIgnoreCase)
        || name.Equals(HeaderNames.SetCookie, StringComparison.OrdinalIgnoreCase);
}
