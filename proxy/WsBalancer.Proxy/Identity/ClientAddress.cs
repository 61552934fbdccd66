using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace WsBalancer.Proxy.Identity;

/// <summary>
/// The address of a request's client: the address of the peer or, if the peer is a trusted proxy, the address that the
/// trusted proxies report.
/// </summary>
internal static class ClientAddress
{
    /// <summary>
    /// The peer's address or, if the peer is trusted, the last entry of X-Forwarded-For that is not a trusted proxy
    /// itself. Null if the connection has no address.
    /// </summary>
    /// <remarks>
    /// Each proxy appends the address of its peer. The list is read from its end, for as long as the proxy that
    /// appended the entry is trusted. If an entry is not an address, the result is the proxy that forwarded it.
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

    /// <summary>The IPv4 address of an IPv4-mapped IPv6 address; any other address unchanged.</summary>
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

    /// <summary>
    /// Reads entries from the end of the line while the address is trusted; false if an entry is not an address.
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
