using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Http;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// Determines the protocol that a request upgrades to. The Upgrade header is a list of protocols, on one line or
/// several, in any case (RFC 9110 §7.8); YARP supports a single one.
/// </summary>
internal static class UpgradeRequest
{
    private const string WebSocket = "websocket";
    private const string ConnectionOption = "Upgrade";

    // 16 bytes in base64 (RFC 6455 §4.1).
    private const int KeyBytes = 16;
    private const int KeyLength = 24;

    /// <summary>Reads the Upgrade header, or the protocol of an extended CONNECT.</summary>
    /// <param name="context">The request. The Upgrade header of a WebSocket handshake is normalized to the form that
    /// YARP and nodes expect; that of any other request is removed.</param>
    /// <param name="kind">The protocol.</param>
    /// <returns>The reason for which the upgrade is rejected; null if it is accepted or removed.</returns>
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

        // The other names are kept, so that the headers that they name are removed later.
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
            // An HTTP/1.0 client may wait for the end of the connection.
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

        // The server offers the upgrade only if the Connection header names it.
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

/// <summary>The protocol that a request upgrades to.</summary>
internal enum UpgradeKind
{
    /// <summary>Nothing: a plain request.</summary>
    None,

    /// <summary>A WebSocket.</summary>
    WebSocket,

    /// <summary>Another protocol, which a proxy may ignore: a plain request.</summary>
    Other,
}
