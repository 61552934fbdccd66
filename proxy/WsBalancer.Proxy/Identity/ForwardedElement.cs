using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace WsBalancer.Proxy.Identity;

/// <summary>Writes an element of the Forwarded header (RFC 7239 §4).</summary>
internal static class ForwardedElement
{
    // RFC 9110 §5.6.2.
    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <param name="peer">The address of the peer; null if the connection has none.</param>
    /// <param name="host">The Host header as it was received; may be empty.</param>
    /// <param name="scheme">The scheme of the request.</param>
    public static string Create(IPAddress? peer, string host, string scheme)
    {
        // An address of IPv6 is in brackets, and therefore quoted (RFC 7239 §6).
        var node = peer switch
        {
            null => "unknown",
            { AddressFamily: AddressFamily.InterNetworkV6 } => $"\"[{WithoutScope(peer)}]\"",
            _ => peer.ToString(),
        };
        return host.Length == 0 ? $"for={node};proto={scheme}" : $"for={node};host={Quote(host)};proto={scheme}";
    }

    // The scope of an address is valid on this machine only.
    private static IPAddress WithoutScope(IPAddress address) => new(address.GetAddressBytes());

    private static string Quote(string value) => value.AsSpan().ContainsAnyExcept(TokenCharacters)
        ? $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""
        : value;
}
