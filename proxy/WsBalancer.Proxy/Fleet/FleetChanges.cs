using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// Changes a cluster's nodes at run time, one change of a cluster at a time. A change is a set of records in the store;
/// each balancer that shares the records derives the fleet from them.
/// </summary>
/// <remarks>
/// Every method throws <see cref="RefusedException"/> for a request that cannot be carried out. Nothing has changed
/// then, unless the message reports that the change is kept.
/// </remarks>
internal sealed class FleetChanges(StateStore state, FleetPlanner planner)
{
    /// <summary>Adds a node, or takes its removal back.</summary>
    public Task<ChangeResult> AddAsync(
        FleetCluster cluster, NodeAddition addition, long? ifEpoch, CancellationToken cancellation) =>
        DoAsync(
            cluster,
            () => planner.Plan(cluster, new FleetChangeRequest([addition], [], new Dictionary<string, int>())),
            () => Addition(cluster, addition),
            ifEpoch,
            cancellation,
            mayMend: false);

    /// <summary>Removes a node from the ring; the node stays listed until its last tunnel ends.</summary>
    /// <param name="cluster">The cluster of the node.</param>
    /// <param name="nodeId">The node.</param>
    /// <param name="drain">How the tunnels of the node are closed; null leaves them open.</param>
    /// <param name="force">Whether to remove even the last node that takes users.</param>
    /// <param name="ifEpoch">The epoch that the caller has read; null for any.</param>
    /// <param name="cancellation">Ends the wait for an earlier change.</param>
    public Task<ChangeResult> RemoveAsync(
        FleetCluster cluster,
        string nodeId,
        DrainValue? drain,
        bool force,
        long? ifEpoch,
        CancellationToken cancellation) => DoAsync(
            cluster,
            () => planner.Plan(cluster, new FleetChangeRequest([], [nodeId], new Dictionary<string, int>())),
            () => Removal(cluster, nodeId, drain, force),
            ifEpoch,
            cancellation);

    /// <summary>Gives a node another weight.</summary>
    public Task<ChangeResult> ReweighAsync(
        FleetCluster cluster, string nodeId, int weight, long? ifEpoch, CancellationToken cancellation) => DoAsync(
            cluster,
            () => planner.Plan(
                cluster, new FleetChangeRequest([], [], new Dictionary<string, int> { [nodeId] = weight })),
            () => Weight(cluster, nodeId, weight),
            ifEpoch,
            cancellation);

    /// <summary>Moves a share of the users to another ring.</summary>
    public Task<ChangeResult> BlendAsync(
        FleetCluster cluster, string to, double share, long? ifEpoch, CancellationToken cancellation) => DoAsync(
            cluster,
            () => planner.PlanBlend(cluster, to, share),
            () =>
            [
                new StateChange(
                    StateKey.Of(cluster.Id, StateKind.Blend),
                    share > 0 ? FleetPlanner.BlendOf(cluster, to, share) : null),
            ],
            ifEpoch,
            cancellation,
            mayMend: share == 0);

    /// <summary>Refuses a change that leaves no other node for users.</summary>
    /// <exception cref="RefusedException">The node is the last one that takes users.</exception>
    public static void RefuseTheLast(FleetCluster cluster, Node node, string what, string anyway)
    {
        var takesUsers = cluster.Current.Nodes.Where(other => other is { Weight: > 0, IsDraining: false }).ToArray();
        if (takesUsers is [var last] && last.Node == node)
        {
            throw new RefusedException(
                RefusalKind.Conflict,
                $"Node '{node.Id}' is the last of cluster '{cluster.Id}' that takes users: {what}, every handshake "
                + $"would be answered with 503. {anyway}");
        }
    }

    private async Task<ChangeResult> DoAsync(
        FleetCluster cluster,
        Func<FleetPlan> plan,
        Func<IReadOnlyList<StateChange>> changes,
        long? ifEpoch,
        CancellationToken cancellation,
        bool mayMend = true)
    {
        using var turn = await cluster.EnterAsync(ifEpoch, cancellation);
        if (!mayMend)
        {
            RefuseIfKept(cluster, "Nothing was done");
        }

        var planned = plan();
        var shared = await state.WriteAsync(changes(), cancellation);
        RefuseIfKept(cluster, "The change is kept, and waits for that");
        return new ChangeResult(planned, cluster.Current.Epoch, shared);
    }

    // A removal, another weight or the end of a blend may make the nodes fit the settings again; an addition cannot.
    private static void RefuseIfKept(FleetCluster cluster, string what)
    {
        if (cluster.Mistake is { } mistake)
        {
            throw new RefusedException(
                RefusalKind.Conflict,
                $"The ring of cluster '{cluster.Id}' is unchanged until its nodes and its settings are valid together: "
                + $"{mistake} {what}.");
        }
    }

    private List<StateChange> Addition(FleetCluster cluster, NodeAddition addition)
    {
        var member = FleetPlanner.AdditionOf(cluster, addition);
        List<StateChange> changes = [.. TakingBack(Key(cluster, StateKind.Removal, member.Id))];
        if (cluster.Current.Composition.Sources.GetValueOrDefault(member.Id) is { } source)
        {
            changes.AddRange(WeightOver(cluster, member.Id, member.Weight, source.Weight));
            return changes;
        }

        var value = new MemberValue(MemberOrigin.Added, addition.Address, member.Weight, addition.RingKey);
        changes.Add(new(Key(cluster, StateKind.Member, member.Id), value));
        return changes;
    }

    private List<StateChange> Removal(FleetCluster cluster, string nodeId, DrainValue? drain, bool force)
    {
        var node = FleetPlanner.NodeOf(cluster, nodeId);
        if (!force)
        {
            RefuseTheLast(cluster, node, "without it", "Force it if that is meant.");
        }

        List<StateChange> changes =
        [
            .. TakingBack(Key(cluster, StateKind.Drain, node.Id)),
            .. TakingBack(Key(cluster, StateKind.Weight, node.Id)),
        ];

        // The record of an added node is removed below. A configured node needs a record that hides it, and a drain
        // needs one that every balancer reads.
        if (node.Source != NodeSource.Added || drain is not null)
        {
            var removal = new RemovalValue(node.Source != NodeSource.Added, drain);
            changes.Add(new(Key(cluster, StateKind.Removal, node.Id), removal));
        }

        // Also if the configuration names the node by now: at other balancers it may not do so yet.
        var member = Key(cluster, StateKind.Member, node.Id);
        if (state.Find(member) is MemberValue { Origin: MemberOrigin.Added })
        {
            changes.Add(new(member, null));
        }

        return changes;
    }

    private List<StateChange> Weight(FleetCluster cluster, string nodeId, int weight)
    {
        var node = FleetPlanner.NodeOf(cluster, nodeId);
        if (weight == 0)
        {
            RefuseTheLast(cluster, node, "at weight 0", "Give another node a weight first.");
        }

        if (cluster.Current.Composition.Sources.GetValueOrDefault(node.Id) is { } source)
        {
            return [.. WeightOver(cluster, node.Id, weight, source.Weight)];
        }

        var key = Key(cluster, StateKind.Member, node.Id);
        return state.Find(key) is MemberValue member
            ? [new(key, member with { Weight = weight })]
            : throw new RefusedException(RefusalKind.Conflict, $"Node '{node.Id}' has just been removed elsewhere.");
    }

    private IEnumerable<StateChange> WeightOver(FleetCluster cluster, string nodeId, int weight, int underlying)
    {
        var key = Key(cluster, StateKind.Weight, nodeId);
        return weight == underlying ? TakingBack(key) : [new StateChange(key, new WeightValue(weight, underlying))];
    }

    // A tombstone without a decision before it would only be one more record.
    private IEnumerable<StateChange> TakingBack(StateKey key) =>
        state.Find(key) is null ? [] : [new StateChange(key, null)];

    private static StateKey Key(FleetCluster cluster, StateKind kind, string node) =>
        StateKey.Of(cluster.Id, kind, node);
}
