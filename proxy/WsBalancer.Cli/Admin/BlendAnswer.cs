namespace WsBalancer.Cli.Admin;

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
