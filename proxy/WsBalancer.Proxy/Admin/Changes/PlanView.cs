using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Admin.Changes;

/// <summary>The users and tunnels that a change moves, as the API shows them.</summary>
internal record PlanView(
    double Moved,
    double Minimum,
    double Excess,
    int TunnelsMoved,
    long Epoch,
    IReadOnlyList<PlannedNodeView> Nodes)
{
    public PlanView(FleetPlan plan)
        : this(
            plan.Moved,
            plan.Minimum,
            plan.Excess,
            plan.TunnelsMoved,
            plan.Epoch,
            [.. plan.Nodes.Select(PlannedNodeView.Of)])
    {
    }
}

/// <summary>A node in a plan, as the API shows it.</summary>
internal sealed record PlannedNodeView(
    string Id, double ShareBefore, double ShareAfter, int TunnelsBefore, int TunnelsAfter)
{
    public static PlannedNodeView Of(PlannedNode node) =>
        new(node.Id, node.ShareBefore, node.ShareAfter, node.TunnelsBefore, node.TunnelsAfter);
}

/// <summary>The plan of a change that was made; the epoch is that of the new ring.</summary>
internal sealed record ChangeView : PlanView
{
    public ChangeView(ChangeResult result)
        : base(result.Plan with { Epoch = result.Epoch }) => Shared = result.Shared;

    /// <summary>Whether the change was sent to the other balancers; null if this balancer does not share.</summary>
    public bool? Shared { get; }
}
