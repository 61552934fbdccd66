using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using WsBalancer.Proxy.Sockets.Http;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// What a request asks its connection to become: nothing, a WebSocket, or something that ends here. The Upgrade header
/// is a list of protocols, on one line or several, in any case (RFC 9110 §7.8); YARP expects one word.
/// </summary>
internal static class UpgradeRequest
{
    private const string WebSocket = "websocket";
    private const string ConnectionOption = "Upgrade";

    // 16 bytes in base64 (RFC 6455 §4.1).
    private const int KeyBytes = 16;
    private const int KeyLength = 24;

    /// <summary>Finds out what a request asks for.</summary>
    /// <param name="context">The request. One for a WebSocket names exactly that afterwards, in the form that YARP and
    /// nodes expect; from any other the Upgrade header is removed.</param>
    /// <param name="kind">What it asks for.</param>
    /// <returns>Why it cannot have it; null if it can, or may be served without.</returns>
    public static Rejection? Read(HttpContext context, out UpgradeKind kind)
    {
        if (context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
        {
            var isWebSocket = string.Equals(connect.Protocol, WebSocket, StringComparison.OrdinalIgnoreCase);
            kind = isWebSocket ? UpgradeKind.WebSocket : UpgradeKind.Other;
            return isWebSocket ? null : Rejection.UnknownProtocol;
        }

        var headers = context.Request.Headers;
        if (headers.Upgrade is not { Count: > 0 } upgrade)
        {
            kind = UpgradeKind.None;
            return null;
        }

        if (HttpProtocol.IsHttp2(context.Request.Protocol) || !NamesWebSocket(upgrade))
        {
            kind = UpgradeKind.Other;
            headers.Remove(HeaderNames.Upgrade);
            headers.Remove("HTTP2-Settings");
            return null;
        }

        kind = UpgradeKind.WebSocket;
        if (MistakeIn(context) is { } rejection)
        {
            return rejection;
        }

        if (upgrade is not [WebSocket])
        {
            headers.Upgrade = WebSocket;
        }

        // What else it names is still to be removed.
        if (headers.Connection is not [ConnectionOption])
        {
            headers.Connection = headers.Connection is [ConnectionOptionEncoding.JustUpgrade]
                ? ConnectionOption
                : StringValues.Concat(ConnectionOption, headers.Connection);
        }

        return null;
    }

    private static Rejection? MistakeIn(HttpContext context)
    {
        var request = context.Request;
        if (HttpProtocol.IsHttp10(request.Protocol))
        {
            // Such a client may wait for the end of the connection.
            context.Response.Headers.Connection = "close";
            return Rejection.HandshakeHttp10;
        }

        if (!HttpMethods.IsGet(request.Method))
        {
            return Rejection.HandshakeMethod;
        }

        if (request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0)
        {
            return Rejection.HandshakeBody;
        }

        // The server asks for the Connection header to name the upgrade.
        if (context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true })
        {
            return Rejection.HandshakeConnection;
        }

        return IsKey(request.Headers.SecWebSocketKey) ? null : Rejection.HandshakeKey;
    }

    private static bool NamesWebSocket(StringValues upgrade)
    {
        foreach (var line in upgrade)
        {
            foreach (var range in line.AsSpan().Split(','))
            {
                var protocol = line.AsSpan(range).Trim(" \t");
                var version = protocol.IndexOf('/');
                var name = version < 0 ? protocol : protocol[..version];
                if (name.Equals(WebSocket, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool IsKey(StringValues values)
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        return values is [{ Length: KeyLength } value]
            && Convert.TryFromBase64String(value, key, out var length)
            && length == KeyBytes;
    }
}

/// <summary>What a request asks its connection to become.</summary>
internal enum UpgradeKind
{
    /// <summary>Nothing: a plain request.</summary>
    None,

    /// <summary>A WebSocket.</summary>
    WebSocket,

    /// <summary>Something else, which a proxy may leave out: a plain request.</summary>
    Other,
}
