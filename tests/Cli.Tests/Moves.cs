namespace WsBalancer.Cli.Tests;

/// <summary>Documents of plans, drains and rebalances, in the format of the admin API.</summary>
internal static class Moves
{
    public const string Nodes = "/api/v1/clusters/chat/nodes";
    public const string Node = $"{Nodes}/ws-2";
    public const string DrainOfNode = $"{Node}/drain";
    public const string Plans = "/api/v1/clusters/chat/plan";
    public const string Blends = "/api/v1/clusters/chat/blend";
    public const string Rebalances = "/api/v1/clusters/chat/rebalance";

    public const string Plan = $$"""{{{PlanFields}}, "epoch": 7}""";

    /// <summary>The response to a change: the epoch of the fleet is one higher.</summary>
    public const string Made = $$"""{{{PlanFields}}, "epoch": 8, "shared": null}""";

    public const string PlanFields = """
        "moved": 0.25, "minimum": 0.24, "excess": 0.01, "tunnelsMoved": 50, "nodes": [
          {"id": "ws-1", "shareBefore": 1, "shareAfter": 0.75, "tunnelsBefore": 200, "tunnelsAfter": 150},
          {"id": "ws-4", "shareBefore": 0, "shareAfter": 0.25, "tunnelsBefore": 0, "tunnelsAfter": 50}]
        """;

    /// <summary>The plan of both documents as the command prints it.</summary>
    public static readonly string[] PlanLines =
    [
        "moved    25.00% of all users (minimum 24.00%, excess 1.00%)",
        "tunnels  50 of 200 at this balancer get another home",
        "NODE    SHARE  SHARE AFTER  HOMES  HOMES AFTER",
        "ws-1  100.00%     → 75.00%    200        → 150",
        "ws-4    0.00%     → 25.00%      0         → 50",
        "HOMES: tunnels of users who belong there; 'nodes' shows where they are",
    ];

    public static string Drain(
        long remaining,
        string state = "draining",
        string sources = "\"operator\"",
        long forced = 0,
        string rate = "100",
        string deadline = "600",
        string shared = "null") => $$"""
        {"cluster": "chat", "node": "ws-2", "state": "{{state}}", "sources": [{{sources}}], "total": 300,
         "remaining": {{remaining}}, "closed": {{300 - remaining}}, "forced": {{forced}}, "ratePerSecond": {{rate}},
         "etaSeconds": {{(rate is "0" ? "null" : $"{remaining / 100.0}")}}, "deadlineSeconds": {{deadline}},
         "closeCode": 1012, "epoch": 8, "shared": {{shared}}}
        """;

    public static string Rebalance(
        string state, long misplaced, long blocked = 0, long closed = 0, string? reason = null) => $$"""
        {"cluster": "chat", "state": "{{state}}", "misplaced": {{misplaced}}, "blocked": {{blocked}},
         "closed": {{closed}}, "etaSeconds": {{misplaced / 50.0}},
         "reason": {{(reason is null ? "null" : $"\"{reason}\"")}},
         "ratePerSecond": 50, "epoch": 8, "shared": null}
        """;
}
