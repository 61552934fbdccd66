namespace WsBalancer.Cli.Tests;

/// <summary>Documents in the format of the admin API.</summary>
internal static class Documents
{
    public const string Clusters = "/api/v1/clusters";
    public const string Status = "/api/v1/status";
    public const string ChatOwner = "/api/v1/clusters/chat/owner";

    public const string Chat = $"[{ChatCluster}]";

    public const string ChatAndGames = $$"""
        [{{ChatCluster}}, {"id": "games", "ring": {"algorithm": "maglev", "spec": "maglev", "epoch": 1,
          "fingerprint": "ffeeddccbbaa99887766554433221100"}, "nodes": [
            {"cluster": "games", "id": "g-1", "address": "http://10.0.0.9:5001/", "weight": 1, "state": "active",
             "health": "healthy", "tunnels": 0, "misplaced": 0, "share": 1}]}]
        """;

    /// <summary>
    /// Nodes with fields and spaces that the client does not know: <c>--json</c> must print them unchanged.
    /// </summary>
    public const string ChatNodes = """
        [
          {"cluster": "chat", "id": "ws-1", "address": "http://10.0.0.1:5001/", "weight": 1, "source": "configured",
           "overridden": [],
           "state": "active", "health": "healthy", "tunnels": 120, "misplaced": 0, "share": 0.25},
          {"cluster": "chat", "id": "ws-2", "address": "http://10.0.0.2:5001/", "weight": 3, "source": "added",
           "overridden": ["weight"],
           "state": "draining", "health": "unhealthy", "tunnels": 80, "misplaced": 80, "share": 0.75}
        ]
        """;

    private const string ChatCluster = $$"""
        {"id": "chat", "ring": {"algorithm": "rendezvous", "spec": "rendezvous/1;b=18;seed=none", "epoch": 7,
          "fingerprint": "00112233445566778899aabbccddeeff"}, "nodes": {{ChatNodes}}}
        """;

    /// <summary>A cluster whose ring hashes keys; one node is leaving and has no key any more.</summary>
    public const string Nginx = """
        [{"id": "chat", "ring": {"algorithm": "nginx", "spec": "nginx/1", "epoch": 2,
          "fingerprint": "0123456789abcdef0123456789abcdef"}, "nodes": [
            {"id": "ws-1", "address": "http://10.0.0.1:5001/", "weight": 1, "state": "active", "health": "healthy",
             "tunnels": 1, "misplaced": 0, "share": 1, "ringKey": "chat-1:5001"},
            {"id": "ws-2", "address": "http://10.0.0.2:5001/", "weight": 1, "state": "leaving", "health": "healthy",
             "tunnels": 2, "misplaced": 2, "share": 0, "ringKey": null}]}]
        """;

    /// <summary>Two clusters without nodes that report the same record as set aside.</summary>
    public const string Problems = """
        [{"id": "chat", "ring": null, "nodes": [], "problems": [
           {"source": "sharedState", "record": "Field 'x' of 'wsbalancer:state' in Redis", "mistake": "it is none",
            "since": "2030-01-01T00:00:00Z"}]},
         {"id": "games", "ring": null, "nodes": [], "problems": [
           {"source": "sharedState", "record": "Field 'x' of 'wsbalancer:state' in Redis", "mistake": "it is none",
            "since": "2030-01-01T00:00:00Z"}]}]
        """;

    public const string Empty = """[{"id": "chat", "ring": null, "nodes": []}]""";

    /// <summary>The status of a balancer that serves users, with the given clusters.</summary>
    public static string StatusOf(
        string clusters, string refusing = "", string warnings = "", string rest = "") => $$"""
        {"id": "b-1", "version": "1.2.3", "startedAt": "2030-01-01T00:00:00Z", "ready": true, "state": "ready",
         "refusing": [{{refusing}}], "warnings": [{{warnings}}], "clusters": [{{clusters}}],
         "redis": null, "peers": [], "descriptors": {"open": 123, "limit": 20000}, "certificates": []{{rest}} }
        """;

    /// <summary>A cluster in a status document.</summary>
    public static string StatusCluster(
        string id, string ring, string nodes, string rejected = "", int failed = 0, int available = 1,
        string problems = "") => $$"""
        {"id": "{{id}}", "available": {{available}}, "minAvailableNodes": 0, "rejected": { {{rejected}} },
         "attemptsFailed": {{failed}}, "disagreement": null, "ring": {{ring}}, "nodes": {{nodes}},
         "problems": [{{problems}}]}
        """;

    public static string Owner(
        string user = "alice",
        string? owner = "ws-1",
        string? home = "ws-1",
        string? node = "ws-1",
        string reason = "ws-1 is the owner and available",
        string tunnels = "",
        string algorithm = "rendezvous",
        string? ringKey = null) => $$"""
        {"user": "{{user}}", "owner": {{Quote(owner)}}, "home": {{Quote(home)}}, "node": {{Quote(node)}},
         "order": ["ws-1", "ws-2"], "reason": "{{reason}}", "tunnels": [{{tunnels}}],
         "ring": {"algorithm": "{{algorithm}}", "spec": "s", "epoch": 7, "fingerprint": "00"},
         "ringKey": {{Quote(ringKey)}}}
        """;

    private static string Quote(string? text) => text is null ? "null" : $"\"{text}\"";
}
