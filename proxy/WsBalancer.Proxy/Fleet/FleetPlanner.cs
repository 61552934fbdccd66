using WsBalancer.HashRing;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// Validates requests for changes against the current cluster, and computes what they would move. Changes nothing.
/// </summary>
internal sealed class FleetPlanner(TunnelRegistry tunnels)
{
    /// <exception cref="RefusedException">The request has a mistake, or names a node that does not exist.</exception>
    public FleetPlan Plan(FleetCluster cluster, FleetChangeRequest request)
    {
        var snapshot = cluster.Current;
        var members = new Dictionary<string, Member>(snapshot.Composition.Members, StringComparer.Ordinal);
        foreach (var (id, weight) in request.Weights)
        {
            var member = MemberOf(cluster, id);
            RefuseWeight(id, weight);
            members[member.Id] = member.WithWeight(weight);
        }

        foreach (var id in request.Remove)
        {
            var member = MemberOf(cluster, id);
            if (!members.Remove(member.Id) || request.Weights.Keys.Contains(id, StringComparer.OrdinalIgnoreCase))
            {
                throw Twice(member.Id);
            }
        }

        foreach (var addition in request.Add)
        {
            var member = AdditionOf(cluster, addition);
            if (!members.TryAdd(member.Id, member))
            {
                throw Twice(member.Id);
            }
        }

        return Plan(cluster, members.Values, snapshot.Composition.Blend);
    }

    /// <summary>The plan for another share of the users on another ring.</summary>
    /// <exception cref="RefusedException">The ring or the share is wrong, or does not fit the nodes.</exception>
    public FleetPlan PlanBlend(FleetCluster cluster, string to, double share)
    {
        // A share of 0 is no blend: a blend can be ended even if the other ring does not fit the nodes.
        var blend = BlendOf(cluster, to, share);
        return Plan(cluster, [.. cluster.Current.Composition.Members.Values], share > 0 ? blend : null);
    }

    /// <summary>The blend that a request specifies.</summary>
    public static BlendValue BlendOf(FleetCluster cluster, string to, double share)
    {
        var from = cluster.Current.Settings.Get<RingSettings>().Algorithm;
        var known = RingAlgorithm.All.Select(algorithm => algorithm.Name).Where(name => name != from);
        if (to == from || RingAlgorithm.Find(to) is null)
        {
            throw new RefusedException(
                RefusalKind.BadValue, $"'to' is '{to}': expected one of {string.Join(", ", known)}.");
        }

        return share is >= 0 and <= 1
            ? new BlendValue(from, to, share)
            : throw new RefusedException(RefusalKind.BadValue, $"'share' is {share}: expected a number from 0 to 1.");
    }

    /// <summary>The member of that id. Ids ignore case here.</summary>
    /// <exception cref="RefusedException">There is no such node, or the node is leaving.</exception>
    public static Member MemberOf(FleetCluster cluster, string id)
    {
        var node = NodeOf(cluster, id);
        return cluster.Current.Composition.Members.GetValueOrDefault(node.Id) ?? throw new RefusedException(
            RefusalKind.Conflict,
            $"Node '{node.Id}' is leaving already; {node.Ledger.Active} tunnels are open there.");
    }

    /// <summary>The node of that id, member or leaving.</summary>
    /// <exception cref="RefusedException">There is no such node.</exception>
    public static Node NodeOf(FleetCluster cluster, string id) => cluster.Find(id) ?? throw NoNode(cluster, id);

    /// <summary>The refusal of a request for a node that does not exist.</summary>
    public static RefusedException NoNode(FleetCluster cluster, string id) => new(
        RefusalKind.Unknown,
        $"There is no node '{id}' in cluster '{cluster.Id}'; known: "
        + $"{string.Join(", ", cluster.Current.All.Select(node => node.Id).Order(StringComparer.Ordinal))}.");

    public static void RefuseWeight(string id, int weight)
    {
        if (!NodeBounds.IsWeight(weight))
        {
            throw new RefusedException(
                RefusalKind.BadValue, $"The weight of '{id}' is {weight}: expected {NodeBounds.ExpectedWeight}.");
        }
    }

    /// <summary>
    /// The member that an addition creates: the member of its source if it has one, with the requested weight.
    /// </summary>
    /// <exception cref="RefusedException">The addition has a mistake, or the node is already a member.</exception>
    public static Member AdditionOf(FleetCluster cluster, NodeAddition addition)
    {
        RefuseForm(addition);
        if (cluster.Find(addition.Id) is { IsLeaving: false } there)
        {
            throw new RefusedException(
                RefusalKind.Conflict,
                $"Node '{there.Id}' is there already, at {there.Address} ({NodeLabel.Of(there.Source)}); an address is "
                + "changed by removing the node and adding it again.");
        }

        var sources = cluster.Current.Composition.Sources;
        if (NodeIds.Match(sources.Keys, addition.Id) is not { } id)
        {
            return Member.Of(
                addition.Id, addition.Address, addition.Weight ?? 1, addition.RingKey, NodeSource.Added);
        }

        var source = sources[id];
        RefuseOther(source, "id", addition.Id, source.Id);
        RefuseOther(source, "address", $"{new Uri(addition.Address)}", $"{new Uri(source.Config.Address)}");
        if (addition.RingKey is { } key)
        {
            RefuseOther(source, "ringKey", key, NodeMetadata.Find(source.Config, NodeRingKey.MetadataKey) ?? "");
        }

        return addition.Weight is { } weight ? source.WithWeight(weight) : source;
    }

    private static void RefuseForm(NodeAddition addition)
    {
        if (!NodeBounds.IsId(addition.Id))
        {
            throw new RefusedException(
                RefusalKind.BadValue,
                $"'id' is '{RecordText.Of(addition.Id)}': a node id has {NodeBounds.ExpectedId}.");
        }

        if (!NodeBounds.IsAddress(addition.Address))
        {
            throw new RefusedException(
                RefusalKind.BadValue,
                $"'address' is '{RecordText.Of(addition.Address)}': expected {NodeBounds.ExpectedAddress}.");
        }

        if (addition.RingKey is { } key && !NodeBounds.IsRingKey(key))
        {
            throw new RefusedException(
                RefusalKind.BadValue, $"'ringKey' is '{RecordText.Of(key)}': expected {NodeBounds.ExpectedRingKey}.");
        }

        RefuseWeight(addition.Id, addition.Weight ?? 1);
    }

    private static void RefuseOther(Member source, string field, string value, string expected)
    {
        if (value != expected)
        {
            throw new RefusedException(
                RefusalKind.Conflict,
                $"'{field}' is '{value}': expected '{expected}', to take back the removed node '{source.Id}' as its "
                + $"source ({NodeLabel.Of(source.Source)}) has it.");
        }
    }

    private static RefusedException Twice(string id) =>
        new(RefusalKind.BadValue, $"Node '{id}' is named twice: expected one change of a node.");

    private FleetPlan Plan(FleetCluster cluster, IReadOnlyCollection<Member> members, BlendValue? blend)
    {
        var snapshot = cluster.Current;
        var mistakes = ClusterRing.MistakesIn(cluster.Id, members, snapshot.Settings.Get<RingSettings>(), blend);
        if (mistakes.FirstOrDefault() is { } mistake)
        {
            throw new RefusedException(RefusalKind.BadValue, $"The ring cannot take it. {mistake}");
        }

        var nodes = snapshot.All;
        return FleetPlan.Of(snapshot, members, blend, nodes.SelectMany(node => tunnels.On(node.Key)));
    }
}
