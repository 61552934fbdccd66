namespace WsBalancer.Cli.Tests.Demo;

/// <summary>
/// A notation for placements: <c>"a a b"</c> places u1 and u2 on a, and u3 on b; <c>-</c> is no node.
/// </summary>
internal static class Placements
{
    public static IReadOnlyDictionary<string, string> Of(string nodes) => nodes
        .Split(' ')
        .Select((node, i) => (User: $"u{i + 1}", Node: node))
        .Where(entry => entry.Node != "-")
        .ToDictionary(entry => entry.User, entry => entry.Node);

    public static IReadOnlyDictionary<string, string?> Owners(string nodes) =>
        Of(nodes).ToDictionary(entry => entry.Key, entry => (string?)entry.Value);
}
