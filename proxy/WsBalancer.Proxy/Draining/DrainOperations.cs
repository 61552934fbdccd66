using WsBalancer.Proxy.Closing;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Peers;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Draining;

/// <summary>
/// Begins and ends the drains of operators, and reports the progress of every drain. A drain is a record in the store,
/// from which every balancer drains its own tunnels.
/// </summary>
/// <remarks>
/// Every method throws <see cref="RefusedException"/> for a request that cannot be carried out; nothing has changed
/// then.
/// </remarks>
internal sealed class DrainOperations(StateStore state, DrainRegistry runs, OtherBalancers others)
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

    /// <summary>
    /// Ends an operator's drain: open tunnels stay, new tunnels of the node's users are placed there again, and no
    /// other user moves.
    /// </summary>
    public async Task<DrainResult> ResumeAsync(
        FleetCluster cluster, string nodeId, long? ifEpoch, CancellationToken cancellation)
    {
        using var turn = await cluster.EnterAsync(ifEpoch, cancellation);
        var node = FleetPlanner.NodeOf(cluster, nodeId);
        RefuseLeaving(node, "add it again if it is to stay");
        if (node.OperatorDrain is null)
        {
            throw new RefusedException(RefusalKind.Conflict, node.DrainsItself
                ? $"Node '{node.Id}' drains on its own report, not by an operator's drain: it takes users again when "
                    + "it no longer reports it."
                : $"Node '{node.Id}' does not drain.");
        }

        return await WriteAsync(cluster, node, null, cancellation);
    }

    /// <summary>The progress of the drain of a node, in the whole fleet or at this balancer.</summary>
    public DrainStatus StatusOf(Node node, bool fleetWide)
    {
        // A drain that began a moment ago may have no run yet.
        if (node.IsDraining && runs.Find(node) is null)
        {
            runs.Reconcile();
        }

        return runs.Find(node)?.Status(fleetWide) ?? DrainStatus.None(node.State);
    }

    /// <summary>
    /// The progress of the drain of a node, in the whole fleet or at this balancer. A removed node is leaving until no
    /// balancer has a tunnel there; while the other balancers are not known, they may have some.
    /// </summary>
    /// <exception cref="RefusedException">The cluster has no such node.</exception>
    public DrainStatus StatusOf(FleetCluster cluster, string nodeId, bool fleetWide)
    {
        if (cluster.Find(nodeId) is { } node)
        {
            return StatusOf(node, fleetWide);
        }

        var (_, part) = (fleetWide ? DrainElsewhere(cluster, nodeId) : null)
            ?? throw FleetPlanner.NoNode(cluster, nodeId);
        return DrainStatus.None(NodeState.Leaving) with
        {
            Total = part.Total,
            Remaining = part.Remaining,
            Closed = part.Closed,
            Forced = part.Forced,
        };
    }

    /// <summary>
    /// The id of a node as the cluster spells it, or as the other balancers do if only they have the node.
    /// </summary>
    /// <exception cref="RefusedException">The fleet has no such node.</exception>
    public string NodeIdOf(FleetCluster cluster, string nodeId) => cluster.Find(nodeId)?.Id
        ?? DrainElsewhere(cluster, nodeId)?.Node
        ?? throw FleetPlanner.NoNode(cluster, nodeId);

    // The drain of a node that this balancer no longer has, while other balancers have tunnels there, or may have some.
    private (string Node, PeerDrain Part)? DrainElsewhere(FleetCluster cluster, string nodeId)
    {
        if (others.DrainOf(cluster.Id, nodeId) is { Part.Remaining: > 0 } known)
        {
            return known;
        }

        return others.AreInCounts is false && RecordedIdOf(cluster, nodeId) is { } id
            ? (id, new PeerDrain(0, 0, 0, 0))
            : null;
    }

    private string? RecordedIdOf(FleetCluster cluster, string nodeId)
    {
        var recorded = state.Records.All.Select(record => record.Key)
            .Where(key => IsSame(key.Cluster, cluster.Id) && IsSame(key.Node, nodeId))
            .Select(key => key.Node)
            .ToList();
        return recorded.Find(id => id == nodeId) ?? recorded.FirstOrDefault();
    }

    private static bool IsSame(string? one, string other) =>
        string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the other balancers are in the counts; null if this balancer does not share.</summary>
    public bool? Shared => others.AreInCounts;

    /// <summary>The drain of a node that is removed with a drain, as the cluster configures it.</summary>
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
        var running = node.OperatorDrain is null
            ? null
            : runs.Find(node)?.WithRemainingDeadline() ?? node.OperatorDrain;
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

        // The fleet has applied the record by now. Reconciled here too, since the worker may not have been started.
        runs.Reconcile();
        return new DrainResult(StatusOf(node, fleetWide: true), cluster.Current.Epoch, shared);
    }
}
