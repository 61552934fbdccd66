using Microsoft.AspNetCore.Http;
using WsBalancer.Proxy.Http;

namespace WsBalancer.Proxy.Access;

/// <summary>The parts of a request that are in the access log.</summary>
internal static class RequestFields
{
    // Enough of a path for any reader of the log; a target may have 32 KB.
    private const int MaxPath = 1024;

    // version "-" trace-id "-" parent-id "-" trace-flags (W3C Trace Context, 3.2).
    private const int TraceStart = 3;
    private const int TraceLength = 32;
    private const int ParentLength = 55;

    /// <summary>The path of a target as it was sent, without its query; at most its first 1,024 characters.</summary>
    public static string PathOf(ReadOnlySpan<char> target)
    {
        var path = RawTarget.Parse(target).Path;
        return path.Length <= MaxPath ? path.ToString() : $"{path[..MaxPath]}…";
    }

    /// <summary>The trace id of the request; null without a valid <c>traceparent</c>.</summary>
    public static string? TraceOf(IHeaderDictionary headers) =>
        headers.TraceParent is [{ Length: >= ParentLength } parent]
        && parent[TraceStart - 1] == '-'
        && parent[TraceStart + TraceLength] == '-'
        && IsTrace(parent.AsSpan(TraceStart, TraceLength))
            ? parent.Substring(TraceStart, TraceLength)
            : null;

    private static bool IsTrace(ReadOnlySpan<char> trace)
    {
        foreach (var digit in trace)
        {
            if (!char.IsAsciiHexDigitLower(digit))
            {
                return false;
            }
        }

        return trace.ContainsAnyExcept('0');
    }
}
