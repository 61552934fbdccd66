using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Admin.Changes;

/// <summary>The users and tunnels that a change moves, as the API shows them.</summary>
internal record PlanView
{
    /// <summary>The part of the users whose owner differs, 0…1.</summary>
    public double Moved { get; init; }

    /// <summary>The part of the users that the change must move.</summary>
    public double Minimum { get; init; }

    /// <summary>The rest: users that move between nodes that the change does not concern.</summary>
    public double Excess { get; init; }

    public int TunnelsMoved { get; init; }

    public long Epoch { get; init; }

    public IReadOnlyList<PlannedNodeView> Nodes { get; init; } = [];

    public static PlanView FromPlan(FleetPlan plan) => With(new PlanView(), plan, plan.Epoch);

    /// <summary>A view with the figures of a plan.</summary>
    protected static T With<T>(T view, FleetPlan plan, long epoch)
        where T : PlanView => (T)(view with
        {
            Moved = plan.Moved,
            Minimum = plan.Minimum,
            Excess = plan.Excess,
            TunnelsMoved = plan.TunnelsMoved,
            Epoch = epoch,
            Nodes = [.. plan.Nodes.Select(PlannedNodeView.From)],
        });
}

/// <summary>A node in a plan, as the API shows it; 0 where the node is not in the fleet.</summary>
internal sealed record PlannedNodeView(
    string Id, double ShareBefore, double ShareAfter, int TunnelsBefore, int TunnelsAfter)
{
    public static PlannedNodeView From(PlannedNode node) =>
        new(node.Id, node.ShareBefore, node.ShareAfter, node.TunnelsBefore, node.TunnelsAfter);
}

/// <summary>The plan of a change that was made; the epoch is that of the new ring.</summary>
internal sealed record ChangeView : PlanView, IChangeView
{
    /// <inheritdoc/>
    public bool? Shared { get; init; }

    public static ChangeView FromResult(ChangeResult result) =>
        With(new ChangeView { Shared = result.Shared }, result.Plan, result.Epoch);
}

/// <summary>A change that was made.</summary>
internal interface IChangeView
{
    /// <summary>Whether the change was sent to the other balancers; null if this balancer does not share.</summary>
    public bool? Shared { get; }
}
