namespace WsBalancer.BackendSample.Access;

/// <summary>The origins of web pages that may connect.</summary>
/// <remarks>
/// A browser sends cookies to a WebSocket from the page of any site, without CORS; RFC 6455, section 10.2, lets the
/// server check the origin instead.
/// </remarks>
internal sealed class OriginRule(IReadOnlyList<string> origins)
{
    private const string AnyLabel = "://*.";

    /// <param name="origin">The header; empty if the client sent none, as clients that are not browsers do.</param>
    public bool Allows(string origin) =>
        origins.Count == 0 || origin.Length == 0 || origins.Any(allowed => IsMatch(allowed, origin));

    /// <summary>Whether the text is a scheme, a host and possibly a port. The first label of the host may be <c>*</c>.
    /// </summary>
    public static bool IsOrigin(string text)
    {
        var concrete = text.Replace(AnyLabel, "://any.", StringComparison.Ordinal);
        return !concrete.Contains('*')
            && Uri.TryCreate(concrete, UriKind.Absolute, out var uri)
            && uri.Scheme is "http" or "https"
            && string.Equals(uri.GetLeftPart(UriPartial.Authority), concrete, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsMatch(string allowed, string origin)
    {
        var label = allowed.IndexOf(AnyLabel, StringComparison.Ordinal);
        if (label < 0)
        {
            return string.Equals(allowed, origin, StringComparison.OrdinalIgnoreCase);
        }

        // "https://" before the star, ".example.com" behind it, and one label or more between them.
        var scheme = allowed.AsSpan(0, label + 3);
        var suffix = allowed.AsSpan(label + AnyLabel.Length - 1);
        return origin.Length > scheme.Length + suffix.Length
            && origin.AsSpan().StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            && origin.AsSpan().EndsWith(suffix, StringComparison.OrdinalIgnoreCase)
            && !origin.AsSpan(scheme.Length, origin.Length - scheme.Length - suffix.Length).ContainsAny("/@:#?");
    }
}
