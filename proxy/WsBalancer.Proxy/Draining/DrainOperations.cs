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
        var status = node.Status;
        if (status.OperatorDrain is null)
        {
            throw new RefusedException(RefusalKind.Conflict, status.DrainsItself
                ? $"Node '{node.Id}' drains on its own report, not by an operator's drain: it takes users again when "
                    + "it no longer reports it."
                : $"Node '{node.Id}' does not drain.");
        }

        return await WriteAsync(cluster, node, null, cancellation);
    }

    /// <summary>
    /// The progress of the drain of a node, in the whole fleet or at this balancer. A removed node is leaving until no
    /// balancer has a tunnel there; while the other balancers are not known, they may have some.
    /// </summary>
    /// <exception cref="RefusedException">The cluster has no such node.</exception>
    public DrainResult Read(FleetCluster cluster, string nodeId, bool fleetWide)
    {
        var snapshot = cluster.Current;
        var id = IdOf(cluster, snapshot, nodeId, fleetWide);
        var status = snapshot.All.FirstOrDefault(node => node.Id == id) is { } found
            ? StatusOf(found.Node, fleetWide)
            : DrainStatus.Leaving(others.DrainOf(cluster.Id, id));
        return new DrainResult(id, status, snapshot.Epoch, others.AreInCounts);
    }

    /// <summary>The progress of the drain of a node, in the whole fleet or at this balancer.</summary>
    public DrainStatus StatusOf(Node node, bool fleetWide)
    {
        // A drain that began a moment ago may have no run yet.
        if (node.Status.IsDraining && runs.Find(node) is null)
        {
            runs.Reconcile();
        }

        return runs.Find(node)?.Status(fleetWide)
            ?? DrainStatus.None(node.Status, node.Ledger.Active + (fleetWide ? others.RemainingOn(node) : 0));
    }

    /// <summary>
    /// The id of a node as this balancer spells it, or as the other balancers do if only they have the node. Ids ignore
    /// case, unless a balancer has a node of exactly this id.
    /// </summary>
    /// <exception cref="RefusedException">The fleet has no such node.</exception>
    public string NodeIdOf(FleetCluster cluster, string nodeId) =>
        IdOf(cluster, cluster.Current, nodeId, fleetWide: true);

    /// <summary>The drain of a node that is removed with a drain, as the cluster configures it.</summary>
    public static DrainValue ForRemoval(FleetCluster cluster)
    {
        var options = cluster.Current.Settings.Get<DrainOptions>();
        return new DrainValue(
            NewOperation(), options.RatePerSecond, options.Deadline.TotalSeconds, options.CloseCode);
    }

    private static string NewOperation() => $"drain-{Guid.NewGuid():n}";

    private static bool IsSame(string? one, string other) =>
        string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

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

    private string IdOf(FleetCluster cluster, FleetSnapshot snapshot, string nodeId, bool fleetWide)
    {
        var here = snapshot.All.Select(node => node.Id);
        var ids = fleetWide ? here.Concat(others.NodesWithTunnels(cluster.Id)).Concat(RecordedIn(cluster)) : here;
        return NodeIds.Match(ids, nodeId) ?? throw FleetPlanner.NoNode(cluster, nodeId);
    }

    // While the other balancers are not known, they may have tunnels to a node that only a record names.
    private IEnumerable<string> RecordedIn(FleetCluster cluster) => others.AreInCounts is false
        ? state.Records.All.Where(record => IsSame(record.Key.Cluster, cluster.Id))
            .Select(record => record.Key.Node)
            .OfType<string>()
        : [];

    private DrainValue ValueOf(FleetCluster cluster, Node node, DrainRequest request)
    {
        var settings = cluster.Current.Settings;
        var begun = node.Status.OperatorDrain;
        var running = begun is null ? null : runs.Find(node)?.WithRemainingDeadline() ?? begun;
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
        return new DrainResult(node.Id, StatusOf(node, fleetWide: true), cluster.Current.Epoch, shared);
    }
}
