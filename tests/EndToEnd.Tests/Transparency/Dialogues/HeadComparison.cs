using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Transparency.Dialogues;

/// <summary>
/// Compares a head that was received with the one that a case expects. Names are compared without case, values byte for
/// byte, and several lines of one name in their order. The fields that every proxy sets are compared only if the case
/// contains them.
/// </summary>
internal static class HeadComparison
{
    /// <summary>The expected Content-Length of a body that may have any framing.</summary>
    public const string Any = "any";

    private static readonly string[] OwnedByProxies =
    [
        "Connection", "Keep-Alive", "Proxy-Connection", "Via", "X-Forwarded-For", "X-Forwarded-Proto",
        "X-Forwarded-Host", "X-Real-IP", "Date", "Server",
    ];

    private static readonly string[] HopByHop = ["Connection", "Keep-Alive", "Proxy-Connection"];
    private static readonly string[] Framing = ["Content-Length", "Transfer-Encoding"];

    /// <summary>The fields of a head that a proxy passes on: all but the hop-by-hop fields.</summary>
    public static MessageHead PassedOn(MessageHead sent) => sent with
    {
        Headers =
        [
            .. sent.Headers.Where(header => !HopByHop.Contains(header.Key, StringComparer.OrdinalIgnoreCase)),
            .. sent["Upgrade"] is null ? [] : new[] { KeyValuePair.Create("Connection", "upgrade") },
        ],
    };

    /// <summary>The differences, each a phrase; none if the heads agree.</summary>
    public static IEnumerable<string> Differences(MessageHead expected, MessageHead actual)
    {
        if (expected.StartLine != actual.StartLine)
        {
            yield return $"'{actual.StartLine}' instead of '{expected.StartLine}'";
        }

        var anyFraming = expected["Content-Length"] == Any;
        foreach (var name in Names(expected).Union(Names(actual), StringComparer.OrdinalIgnoreCase))
        {
            if ((anyFraming && Framing.Contains(name, StringComparer.OrdinalIgnoreCase))
                || (expected[name] is null && OwnedByProxies.Contains(name, StringComparer.OrdinalIgnoreCase)))
            {
                continue;
            }

            var (wanted, received) = (Values(expected, name), Values(actual, name));
            if (!(wanted.SequenceEqual(received) || (wanted is ["*"] && received.Length > 0)))
            {
                yield return $"{name}: {Text(received)} instead of {Text(wanted)}";
            }
        }
    }

    public static bool SameTrailers(string expected, string actual) => !Differences(
        MessageHead.Parse($"Trailers\r\n{expected}"), MessageHead.Parse($"Trailers\r\n{actual}")).Any();

    private static IEnumerable<string> Names(MessageHead head) => head.Headers.Select(header => header.Key);

    // Connection is a list of case-insensitive options without order. keep-alive is the default of HTTP/1.1, so that it
    // is compared only where it is the single option.
    private static string[] Values(MessageHead head, string name)
    {
        if (name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase))
        {
            return [.. head.All(name).Select(coding => coding.ToLowerInvariant())];
        }

        if (!name.Equals("Connection", StringComparison.OrdinalIgnoreCase))
        {
            return [.. head.All(name)];
        }

        var payload = (head[name] ?? "").Split(',',
            StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return
        [
            .. payload.Select(word => word.ToLowerInvariant())
                .Where(word => word != "keep-alive" || payload.Length == 1)
                .Order(StringComparer.Ordinal),
        ];
    }

    private static string Text(string[] values) =>
        values.Length == 0 ? "none" : string.Join(" and ", values.Select(value => $"'{value}'"));
}
