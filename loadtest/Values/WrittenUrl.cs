using System.Diagnostics.CodeAnalysis;

namespace WsBalancer.LoadTest.Values;

/// <summary>URLs whose path and query are sent as written: nothing is escaped, unescaped or shortened.
/// </summary>
internal static class WrittenUrl
{
    private static readonly UriCreationOptions Verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>Parses a URL with a host and one of the schemes.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Uri? url, params ReadOnlySpan<string> schemes)
    {
        if (Uri.TryCreate(WithoutFragment(text ?? ""), Verbatim, out url)
            && url.Host.Length > 0
            && schemes.Contains(url.Scheme))
        {
            return true;
        }

        url = null;
        return false;
    }

    /// <summary>The same URL with a parameter appended to its query.</summary>
    /// <param name="url">A URL that <see cref="TryParse"/> returned.</param>
    /// <param name="parameter">NAME=VALUE, escaped by the caller.</param>
    public static Uri With(Uri url, string parameter)
    {
        var text = url.OriginalString;
        return new Uri($"{text}{(text.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{parameter}", Verbatim);
    }

    /// <summary>The URL up to its query, which may contain a secret.</summary>
    public static string WithoutQuery(Uri url) => url.OriginalString.Split('?', 2)[0];

    // A fragment is never sent (RFC 9110 §4.2.5).
    private static string WithoutFragment(string text) => text.Split('#', 2)[0];
}
