using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace WsBalancer.Proxy.Identity;

/// <summary>Who is behind a request: the peer or, if that is a trusted proxy, whom the proxies vouch for.</summary>
internal static class ClientAddress
{
    /// <summary>
    /// The peer's address or, if the peer is trusted, the last entry of X-Forwarded-For that is not a trusted proxy
    /// itself. Null if the connection has no address.
    /// </summary>
    /// <remarks>
    /// Each proxy appends the peer it saw, so the list is to be believed from its right end for as long as the one who
    /// appended is trusted. An entry that is no address ends the walk at the proxy that let it through.
    /// </remarks>
    public static IPAddress? Of(HttpContext context, TrustedProxies trusted)
    {
        if (context.Connection.RemoteIpAddress is not { } peer)
        {
            return null;
        }

        var address = Unmap(peer);
        var forwarded = context.Request.Headers["X-Forwarded-For"];
        for (var line = forwarded.Count - 1; line >= 0 && trusted.Contains(address); line--)
        {
            if (!TryWalk(forwarded[line], trusted, ref address))
            {
                break;
            }
        }

        return address;
    }

    /// <summary>The IPv4 address that an IPv6 address stands for, or the address itself.</summary>
    public static IPAddress Unmap(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <summary>Reads an address, with or without port and brackets. The short forms of IPv4 (10.1, 1) are refused: in
    /// a header they are more likely something else.</summary>
    public static bool TryParseAddress(ReadOnlySpan<char> text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        if (!IPEndPoint.TryParse(text, out var endpoint)
            || (endpoint.AddressFamily == AddressFamily.InterNetwork && text.Count('.') != 3))
        {
            return false;
        }

        address = Unmap(endpoint.Address);
        return true;
    }

    /// <summary>Takes entries from the right as long as they are trusted; false if there was one that is no address.
    /// </summary>
    private static bool TryWalk(ReadOnlySpan<char> line, TrustedProxies trusted, ref IPAddress address)
    {
        while (!line.IsEmpty && trusted.Contains(address))
        {
            var comma = line.LastIndexOf(',');
            if (!TryParseAddress(line[(comma + 1)..].Trim(), out var entry))
            {
                return false;
            }

            address = entry;
            line = line[..Math.Max(comma, 0)];
        }

        return true;
    }
}
