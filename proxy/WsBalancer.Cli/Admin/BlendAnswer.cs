namespace WsBalancer.Cli.Admin;

/// <summary>A blend of two rings: which part of the users the second one places, and what that moves.</summary>
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
