namespace WsBalancer.Cli.Admin;

/// <summary>What a change of the fleet moves, whether it was made or only asked about.</summary>
/// <remarks>
/// The fractions are of the key space. <c>Shared</c> is null when the balancer shares with nobody, or nothing was done.
/// </remarks>
internal record PlanAnswer(
    double Moved,
    double Minimum,
    double Excess,
    long TunnelsMoved,
    long Epoch,
    bool? Shared,
    IReadOnlyList<PlannedNodeAnswer> Nodes);

/// <summary>One node before and after a change; 0 where it is not there.</summary>
internal sealed record PlannedNodeAnswer(
    string Id, double ShareBefore, double ShareAfter, long TunnelsBefore, long TunnelsAfter);
