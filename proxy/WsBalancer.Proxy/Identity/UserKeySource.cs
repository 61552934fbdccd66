using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace WsBalancer.Proxy.Identity;

/// <summary>A part of a request that may contain the user id.</summary>
internal abstract class UserKeySource
{
    /// <summary>The sources that do not need an application.</summary>
    public const string OfRequests = "header:NAME, query:NAME, cookie:NAME, path:N (N from 1) or client-ip";

    private const string Expected = "expected claim:NAME, " + OfRequests;

    /// <summary>Finds the id in a request; null or empty if it is not there.</summary>
    public abstract string? Find(HttpContext context, TrustedProxies trusted, bool isRaw);

    /// <summary>Reads a source as the configuration has it; the error names the text and what was expected.</summary>
    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out UserKeySource? source,
        [NotNullWhen(false)] out string? error)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var kind = colon < 0 ? text : text[..colon];
        var name = colon < 0 ? "" : text[(colon + 1)..];
        source = kind switch
        {
            "claim" when name.Length > 0 => new ClaimSource(name),
            "header" when IsToken(name) => new HeaderSource(name),
            "query" when name.Length > 0 => new QuerySource(name),
            "cookie" when IsToken(name) => new CookieSource(name),
            "path" when TryParseSegment(name, out var segment) => new PathSource(segment),
            "client-ip" when colon < 0 => ClientAddressSource.Instance,
            _ => null,
        };
        error = source is null ? $"'{text}' is not a source of user ids: {Expected}" : null;

        return source is not null;
    }

    private static bool TryParseSegment(string text, out int segment) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out segment) && segment > 0;

    // A token, as RFC 9110 §5.6.2 requires for the name of a header and RFC 6265 for that of a cookie.
    private static bool IsToken(string name) => name.Length > 0 && name.All(character =>
        char.IsAsciiLetterOrDigit(character) || "!#$%&'*+-.^_`|~".Contains(character, StringComparison.Ordinal));
}
