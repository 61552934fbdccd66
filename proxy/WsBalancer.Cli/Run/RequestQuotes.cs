using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace WsBalancer.Cli.Run;

/// <summary>
/// Keeps the content of requests out of the log, whatever the levels are. At some levels the platform and YARP write
/// requests with their query, which may contain the token of a user.
/// </summary>
/// <remarks>
/// Categories that quote requests have a minimum level, which no setting lowers. In lines of any other category that is
/// not the balancer's, and in every exception, a query is replaced by an ellipsis.
/// </remarks>
internal static class RequestQuotes
{
    private const string Own = "WsBalancer";
    private const char QueryMark = '?';

    private static readonly (string Category, LogLevel Least)[] Quoting =
    [
        ("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning),
        ("Microsoft.AspNetCore.HttpLogging", LogLevel.None),
        ("Microsoft.AspNetCore.Server.Kestrel.BadRequests", LogLevel.Warning),
        ("Yarp.ReverseProxy.Forwarder.HttpForwarder", LogLevel.Warning),
    ];

    /// <summary>Whether a category is the balancer's, whose lines have no content of requests.</summary>
    public static bool IsOwn(string category) => category.StartsWith(Own, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a line is not written, because it may quote a request.</summary>
    public static bool IsWithheld(string category, LogLevel level) => Array.Exists(
        Quoting,
        quoting => level < quoting.Least && category.StartsWith(quoting.Category, StringComparison.OrdinalIgnoreCase));

    /// <summary>The message of a line, without queries unless the category is the balancer's.</summary>
    public static string MessageOf<TState>(in LogEntry<TState> entry)
    {
        var message = entry.Formatter(entry.State, entry.Exception);
        return IsOwn(entry.Category) ? message : WithoutQueries(message);
    }

    /// <summary>The text without the query of any URL or target in it: a query ends at a space.</summary>
    public static string WithoutQueries(string text)
    {
        var rest = text.AsSpan();
        var kept = "";
        for (var mark = rest.IndexOf(QueryMark); mark >= 0; mark = rest.IndexOf(QueryMark))
        {
            var end = rest[mark..].IndexOf(' ');
            end = end < 0 ? rest.Length : mark + end;
            kept = string.Concat(kept, rest[..(mark + 1)], end > mark + 1 ? "…" : "");
            rest = rest[end..];
        }

        return kept.Length == 0 ? text : string.Concat(kept, rest);
    }
}
