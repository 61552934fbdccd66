using System.Collections.Frozen;

namespace WsBalancer.Proxy.Identity;

/// <summary>
/// The names of headers about the client, its connection or its original request. Nodes trust them, so only trusted
/// peers may send them.
/// </summary>
/// <remarks>
/// Names are compared without case, and '_' is equal to '-': a node that makes variables from headers, as CGI and WSGI
/// do, has one name for both.
/// </remarks>
internal sealed class ForwardingNames
{
    /// <summary>The greatest length of a configured name, in characters.</summary>
    public const int LongestName = 100;

    // All names with one of these prefixes.
    private static readonly string[] Prefixes = ["x-forwarded-", "x-original-"];

    private static readonly string[] Known =
    [
        "forwarded", "x-forwarded", "forwarded-for", "x-forward-for", "x-real-ip", "client-ip", "x-client-ip",
        "true-client-ip", "cf-connecting-ip", "cf-connecting-ipv6", "cf-pseudo-ipv4", "fastly-client-ip",
        "x-cluster-client-ip", "x-azure-clientip", "x-azure-socketip", "x-proxyuser-ip", "x-envoy-external-address",
        "x-appengine-user-ip", "x-originating-ip", "x-remote-ip", "x-remote-addr", "proxy-client-ip",
        "wl-proxy-client-ip", "x-rewrite-url", "x-host", "x-url-scheme", "x-scheme", "front-end-https",
    ];

    // The headers that the balancer writes.
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Own = FrozenSet.ToFrozenSet(
        ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-prefix", "x-real-ip", "forwarded"])
        .GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _names;

    /// <param name="others">Configured names, beside the known ones.</param>
    public ForwardingNames(IEnumerable<string> others) =>
        _names = Known.Concat(others.Where(IsName).Select(Normalize)).ToFrozenSet(StringComparer.Ordinal)
            .GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether a text is a valid configured name.</summary>
    public static bool IsName(string text) => text.Length is > 0 and <= LongestName
        && text.All(static character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_');

    /// <summary>Whether only a trusted peer may send a header.</summary>
    public bool Contains(string name)
    {
        if (name.Length > LongestName)
        {
            return HasPrefix(Normalize(name));
        }

        Span<char> normalized = stackalloc char[LongestName];
        normalized = normalized[..name.Length];
        Normalize(name, normalized);
        return HasPrefix(normalized) || _names.Contains(normalized);
    }

    /// <summary>Whether the balancer writes a header of this name, in this or another spelling.</summary>
    public static bool IsOwn(string name)
    {
        if (name.Length > LongestName)
        {
            return false;
        }

        Span<char> normalized = stackalloc char[LongestName];
        normalized = normalized[..name.Length];
        Normalize(name, normalized);
        return Own.Contains(normalized);
    }

    private static bool HasPrefix(ReadOnlySpan<char> normalized)
    {
        foreach (var prefix in Prefixes)
        {
            if (normalized.StartsWith(prefix, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static string Normalize(string name) =>
        string.Create(name.Length, name, static (normalized, name) => Normalize(name, normalized));

    private static void Normalize(string name, Span<char> normalized)
    {
        for (var i = 0; i < name.Length; i++)
        {
            normalized[i] = name[i] == '_' ? '-' : char.ToLowerInvariant(name[i]);
        }
    }
}
