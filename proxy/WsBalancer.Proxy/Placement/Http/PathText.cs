using Microsoft.AspNetCore.Http;

namespace WsBalancer.Proxy.Placement.Http;

/// <summary>Decodes and normalizes the path of a request target.</summary>
internal static class PathText
{
    /// <summary>The path that Kestrel passes to an application: decoded except <c>%2F</c>, without dot segments.
    /// </summary>
    public static string Decode(ReadOnlySpan<char> path)
    {
        var decoded = PathString.FromUriComponent(path.ToString()).Value ?? "";
        return decoded.Contains("/.", StringComparison.Ordinal) ? WithoutDotSegments(decoded) : decoded;
    }

    /// <summary>The path with everything decoded, and each backslash replaced by a slash.</summary>
    public static string DecodeAll(ReadOnlySpan<char> path) => Uri.UnescapeDataString(path).Replace('\\', '/');

    /// <summary>The path without <c>.</c> and <c>..</c> (RFC 3986 §5.2.4).</summary>
    public static string WithoutDotSegments(string path)
    {
        var segments = path.Split('/');
        var kept = new List<string>(segments.Length);
        for (var i = 1; i < segments.Length; i++)
        {
            var isDots = segments[i] is "." or "..";
            if (segments[i] is ".." && kept.Count > 0)
            {
                kept.RemoveAt(kept.Count - 1);
            }

            if (!isDots)
            {
                kept.Add(segments[i]);
            }
            else if (i == segments.Length - 1)
            {
                kept.Add("");
            }
        }

        return $"/{string.Join('/', kept)}";
    }

    /// <summary>The path with a single slash in place of several in a row.</summary>
    public static string WithSingleSlashes(string path)
    {
        while (path.Contains("//", StringComparison.Ordinal))
        {
            path = path.Replace("//", "/", StringComparison.Ordinal);
        }

        return path;
    }
}
