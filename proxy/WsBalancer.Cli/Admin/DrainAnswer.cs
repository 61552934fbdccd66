namespace WsBalancer.Cli.Admin;

/// <summary>How far the drain of a node is.</summary>
/// <remarks>
/// <c>Shared</c> is false while Redis cannot be used, so that other balancers are in no count; null without Redis.
/// <c>State</c> is the node's. <c>Closed</c> counts the tunnels that were asked to end, <c>Forced</c> those of them
/// that had to be cut.
/// </remarks>
internal sealed record DrainAnswer(
    string Cluster,
    string Node,
    string State,
    IReadOnlyList<string> Sources,
    long Total,
    long Remaining,
    long Closed,
    long Forced,
    double? RatePerSecond,
    double? EtaSeconds,
    double? DeadlineSeconds,
    int? CloseCode,
    long Epoch,
    bool? Shared);
