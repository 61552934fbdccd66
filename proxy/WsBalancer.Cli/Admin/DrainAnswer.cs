namespace WsBalancer.Cli.Admin;

/// <summary>The progress of the drain of a node.</summary>
/// <remarks>
/// <c>Shared</c> is false while Redis cannot be used: the counts are then without the other balancers. Null without
/// Redis. <c>State</c> is the state of the node. <c>Closed</c> counts the tunnels that the drain has closed or is
/// closing, <c>Forced</c> those of them that were aborted.
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
