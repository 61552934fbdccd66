using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using WsBalancer.Proxy.Http;

namespace WsBalancer.Proxy.Identity;

/// <summary>A segment of the path as the client sent it, counted from 1, percent-decoded once.</summary>
/// <remarks>
/// The path that the server decoded cannot be used: the server does not decode %2F, so that %2F and %252F become one
/// text. Only a path with dot segments is used as the server resolved it, because its route was chosen by that path.
/// </remarks>
internal sealed class PathSource(int segment) : UserKeySource
{
    public override string? Find(HttpContext context, TrustedProxies trusted, bool isRaw)
    {
        var path = RawTarget.Parse(context.Features.Get<IHttpRequestFeature>()?.RawTarget).Path;
        if (path.IsEmpty || HasDotSegment(path))
        {
            return FindSegment((context.Request.PathBase + context.Request.Path).Value).ToString();
        }

        var found = FindSegment(path);
        return isRaw || !found.Contains('%') ? found.ToString() : Uri.UnescapeDataString(found);
    }

    private ReadOnlySpan<char> FindSegment(ReadOnlySpan<char> path)
    {
        var number = 0;
        foreach (var range in path.Split('/'))
        {
            // The empty text before the first slash is segment 0.
            if (number++ == segment)
            {
                return path[range];
            }
        }

        return default;
    }

    private static bool HasDotSegment(ReadOnlySpan<char> path) =>
        path.Contains("/.", StringComparison.Ordinal) || path.Contains("/%2e", StringComparison.OrdinalIgnoreCase);
}
