namespace WsBalancer.Cli.Tests;

/// <summary>Documents in the shape that the admin API gives.</summary>
internal static class Documents
{
    public const string Clusters = "/api/v1/clusters";
    public const string ChatOwner = "/api/v1/clusters/chat/owner";

    public const string Chat = $"[{ChatCluster}]";

    public const string ChatAndGames = $$"""
        [{{ChatCluster}}, {"id": "games", "ring": {"algorithm": "maglev", "spec": "maglev", "epoch": 1,
          "fingerprint": "ffeeddccbbaa99887766554433221100"}, "nodes": []}]
        """;

    /// <summary>Fields and spaces that a client does not know must come through <c>--json</c> unharmed.</summary>
    public const string ChatNodes = """
        [
          {"id": "ws-1", "address": "http://10.0.0.1:5001/", "weight": 1, "source": "configured", "overridden": [],
           "state": "active", "health": "healthy", "tunnels": 120, "misplaced": 0, "share": 0.25},
          {"id": "ws-2", "address": "http://10.0.0.2:5001/", "weight": 3, "source": "added", "overridden": ["weight"],
           "state": "draining", "health": "unhealthy", "tunnels": 80, "misplaced": 80, "share": 0.75}
        ]
        """;

    private const string ChatCluster = $$"""
        {"id": "chat", "ring": {"algorithm": "rendezvous", "spec": "rendezvous/1;b=18;seed=none", "epoch": 7,
          "fingerprint": "00112233445566778899aabbccddeeff"}, "nodes": {{ChatNodes}}}
        """;

    public static string Owner(
        string user = "alice",
        string? owner = "ws-1",
        string? home = "ws-1",
        string? node = "ws-1",
        string reason = "ws-1 is the owner and available",
        string tunnels = "") => $$"""
        {"user": "{{user}}", "owner": {{Quote(owner)}}, "home": {{Quote(home)}}, "node": {{Quote(node)}},
         "order": ["ws-1", "ws-2"], "reason": "{{reason}}", "tunnels": [{{tunnels}}]}
        """;

    private static string Quote(string? text) => text is null ? "null" : $"\"{text}\"";
}
