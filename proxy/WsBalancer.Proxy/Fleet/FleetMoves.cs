using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tunnels;
using Yarp.ReverseProxy.Configuration;

namespace WsBalancer.Proxy.Fleet;

/// <summary>Finds what a changed configuration would move. Changes nothing.</summary>
internal sealed class FleetMoves(FleetRegistry fleet, StateStore state, TunnelRegistry tunnels)
{
    /// <summary>The move of a cluster to these nodes and settings; null if nothing changes.</summary>
    public ClusterMove? Of(string id, IReadOnlyDictionary<string, DestinationConfig> nodes, RingSettings ring)
    {
        if (fleet.Find(id) is not { Current: { Ring: { } now } before } cluster)
        {
            return null;
        }

        var members = nodes.Select(node => new Member(node.Key, node.Value, null, NodeSource.Configured));
        var composition = Composition.Of(members, ring.Algorithm, state.Of(cluster.Id), state.StatusOf);
        if (ClusterRing.MistakesIn(cluster.Id, [.. composition.Members.Values], ring, composition.Blend).Any())
        {
            // A ring with a mistake is not applied, and the current one is kept.
            return null;
        }

        var after = ClusterRing.Build(before, composition, ring);
        var moved = now.Fingerprint == after?.Fingerprint ? 0 : RingChangeRecord.Of(now, after, before.Epoch).Moved;
        var (old, next) = (before.Composition.Members, composition.Members);
        var move = new ClusterMove(
            cluster.Id,
            Math.Max(0, moved - (moved < 1 ? ShareOfDrained(before, next) : 0)),
            moved > 0 ? FleetPlan.CountMoved(before, after, TunnelsOf(cluster)) : 0,
            Sorted(next.Keys.Except(old.Keys)),
            Sorted(old.Keys.Except(next.Keys)),
            Sorted(old.Keys.Where(node =>
                next.TryGetValue(node, out var member) && member.Weight != old[node].Weight)));
        return moved > 0 || move.Joined.Count + move.Left.Count + move.Reweighed.Count > 0 ? move : null;
    }

    /// <summary>The moves if all clusters except these were removed.</summary>
    public IEnumerable<ClusterMove> OfOthers(IEnumerable<string> kept) =>
        from cluster in fleet.Clusters
        let nodes = cluster.Current.Composition.Members
        where nodes.Count > 0 && !kept.Contains(cluster.Id, StringComparer.OrdinalIgnoreCase)
        select new ClusterMove(cluster.Id, 1, TunnelsOf(cluster).Count(), [], Sorted(nodes.Keys), []);

    // The users of a node that drains have another home already.
    private static double ShareOfDrained(FleetSnapshot before, IReadOnlyDictionary<string, Member> next) =>
        before.Nodes.Where(node => node.IsDraining && !next.ContainsKey(node.Id)).Sum(node => before.ShareOf(node.Id));

    private static string[] Sorted(IEnumerable<string> ids) => [.. ids.Order(StringComparer.Ordinal)];

    private IEnumerable<Tunnel> TunnelsOf(FleetCluster cluster) =>
        cluster.Current.All.SelectMany(node => tunnels.On(node.Key));
}
