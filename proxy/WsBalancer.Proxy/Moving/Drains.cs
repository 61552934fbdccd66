using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Moving;

/// <summary>
/// Begins and ends the drains of operators, and says how far every drain is. What was decided is a record in the store,
/// from which every balancer drains for its part.
/// </summary>
/// <remarks>Every method throws <see cref="RefusedException"/> for what cannot be done, and then nothing is.</remarks>
internal sealed class Drains(StateStore state, DrainRuns runs, OtherBalancers others)
{
    /// <summary>Begins a drain, or changes the terms of the one that an operator has begun.</summary>
    public async Task<DrainResult> BeginAsync(
        FleetCluster cluster, string nodeId, DrainRequest request, long? ifEpoch, CancellationToken cancellation)
    {
        using var turn = await cluster.EnterAsync(ifEpoch, cancellation);
        var node = FleetPlanner.NodeOf(cluster, nodeId);
        RefuseLeaving(node, "its tunnels are closed by removing it with a drain, or by a rebalance");
        var value = ValueOf(cluster, node, request);
        if (!request.Force)
        {
            FleetChanges.RefuseTheLast(cluster, node, "while it drains", "Force it if that is meant.");
        }

        return await WriteAsync(cluster, node, value, cancellation);
    }

    /// <summary>Ends an operator's drain: its users stay where they are, or come back, and no others move.</summary>
    public async Task<DrainResult> ResumeAsync(
        FleetCluster cluster, string nodeId, long? ifEpoch, CancellationToken cancellation)
    {
        using var turn = await cluster.EnterAsync(ifEpoch, cancellation);
        var node = FleetPlanner.NodeOf(cluster, nodeId);
        RefuseLeaving(node, "add it again if it is to stay");
        if (node.OperatorDrain is null)
        {
            throw new RefusedException(RefusalKind.Conflict, node.DrainsItself
                ? $"Node '{node.Id}' says itself that it drains, and no operator has: it takes users again once it no "
                    + "longer says so."
                : $"Node '{node.Id}' does not drain.");
        }

        return await WriteAsync(cluster, node, null, cancellation);
    }

    /// <param name="node">The node.</param>
    /// <param name="fleetWide">Whether the other balancers' parts are in the sums.</param>
    public DrainStatus StatusOf(Node node, bool fleetWide)
    {
        // One that has just said so drains already, but is yet to be taken note of.
        if (node.IsDraining && runs.Find(node) is null)
        {
            runs.Reconcile();
        }

        return runs.Find(node)?.Status(fleetWide) ?? DrainStatus.None(node.State);
    }

    /// <summary>
    /// How far the drain of a node is. A removed node is leaving until no balancer has a tunnel there; while the other
    /// balancers are not known, it may have some.
    /// </summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="nodeId">The node.</param>
    /// <param name="fleetWide">Whether the other balancers' parts are in the sums.</param>
    /// <exception cref="RefusedException">There is no such node.</exception>
    public (string Node, DrainStatus Status) StatusOf(FleetCluster cluster, string nodeId, bool fleetWide)
    {
        if (cluster.Find(nodeId) is not { } node)
        {
            return (nodeId, (fleetWide ? StatusElsewhere(cluster, nodeId) : null)
                ?? throw FleetPlanner.NoNode(cluster, nodeId));
        }

        return (node.Id, StatusOf(node, fleetWide));
    }

    private DrainStatus? StatusElsewhere(FleetCluster cluster, string nodeId)
    {
        var part = others.DrainOf(cluster.Id, nodeId);
        var isUnknown = others.AreInCounts is false && state.Records.All.Any(record =>
            IsSame(record.Key.Cluster, cluster.Id) && IsSame(record.Key.Node, nodeId));
        return part.Remaining > 0 || isUnknown
            ? DrainStatus.None(NodeState.Leaving) with
            {
                Total = part.Total,
                Remaining = part.Remaining,
                Closed = part.Closed,
                Forced = part.Forced,
            }
            : null;
    }

    private static bool IsSame(string? one, string other) =>
        string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the other balancers are in the counts; null if this balancer does not share.</summary>
    public bool? Shared => others.AreInCounts;

    /// <summary>How a node that is removed with a drain is drained: as configured.</summary>
    public static DrainValue ForRemoval(FleetCluster cluster)
    {
        var options = cluster.Current.Settings.Get<DrainOptions>();
        return new DrainValue(
            NewOperation(), options.RatePerSecond, options.Deadline.TotalSeconds, options.CloseCode);
    }

    private static string NewOperation() => $"drain-{Guid.NewGuid():n}";

    private static void RefuseLeaving(Node node, string instead)
    {
        if (node.IsLeaving)
        {
            throw new RefusedException(
                RefusalKind.Conflict,
                $"Node '{node.Id}' was removed and leaves with its last tunnel ({node.Ledger.Active} are open): "
                + $"{instead}.");
        }
    }

    private DrainValue ValueOf(FleetCluster cluster, Node node, DrainRequest request)
    {
        var settings = cluster.Current.Settings;
        var running = node.OperatorDrain is null ? null : runs.Find(node)?.Left() ?? node.OperatorDrain;
        return DrainTerms.Of(
            request,
            NewOperation(),
            settings.Get<DrainOptions>(),
            settings.Get<TunnelOptions>().CloseTimeout,
            node.Ledger.Active + others.RemainingOn(node),
            running);
    }

    private async Task<DrainResult> WriteAsync(
        FleetCluster cluster, Node node, DrainValue? value, CancellationToken cancellation)
    {
        var change = new StateChange(StateKey.Of(cluster.Id, StateKind.Drain, node.Id), value);
        var shared = await state.WriteAsync([change], cancellation);

        // The fleet has taken it over by now; whether the worker has been started does not matter.
        runs.Reconcile();
        return new DrainResult(StatusOf(node, fleetWide: true), cluster.Current.Epoch, shared);
    }
}
