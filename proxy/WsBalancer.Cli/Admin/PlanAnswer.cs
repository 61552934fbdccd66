namespace WsBalancer.Cli.Admin;

/// <summary>The effect of a change of the fleet, whether the change was made or only planned.</summary>
/// <remarks>
/// The fractions are of the key space. <c>Shared</c> is null if the balancer does not share, or if the change was only
/// planned.
/// </remarks>
internal record PlanAnswer(
    double Moved,
    double Minimum,
    double Excess,
    long TunnelsMoved,
    long Epoch,
    bool? Shared,
    IReadOnlyList<PlannedNodeAnswer> Nodes);

/// <summary>One node before and after a change; 0 where the node is not in the fleet.</summary>
internal sealed record PlannedNodeAnswer(
    string Id, double ShareBefore, double ShareAfter, long TunnelsBefore, long TunnelsAfter);

/// <summary>
/// A blend of two rings: the part of the users that the second ring places, and what the blend moves.
/// </summary>
/// <remarks><c>To</c> is null when there is no blend.</remarks>
internal sealed record BlendAnswer(
    string From,
    string? To,
    double Share,
    double Moved,
    double Minimum,
    double Excess,
    long TunnelsMoved,
    long Epoch,
    bool? Shared,
    IReadOnlyList<PlannedNodeAnswer> Nodes)
    : PlanAnswer(Moved, Minimum, Excess, TunnelsMoved, Epoch, Shared, Nodes);
