namespace WsBalancer.Cli.Admin;

/// <summary>How far a rebalance is.</summary>
/// <remarks>
/// <c>Blocked</c> counts misplaced tunnels whose home cannot take them now; <c>Reason</c> says why it is not running.
/// </remarks>
internal sealed record RebalanceAnswer(
    string Cluster,
    string State,
    long Misplaced,
    long Blocked,
    long Closed,
    double? EtaSeconds,
    string? Reason,
    double? RatePerSecond,
    long Epoch,
    bool? Shared);
