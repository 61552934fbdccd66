namespace WsBalancer.Cli.Admin;

/// <summary>The progress of a rebalance.</summary>
/// <remarks>
/// <c>Blocked</c> counts misplaced tunnels that neither the rebalance nor a drain closes now. <c>Reason</c> explains
/// why the rebalance has ended or waits, or why tunnels stay misplaced; null if there is no reason.
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
