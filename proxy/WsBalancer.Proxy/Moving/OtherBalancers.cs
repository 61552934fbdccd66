using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Moving;

/// <summary>What the other balancers report, added up. One that has not heard of an operation yet still has its
/// tunnels.</summary>
internal sealed class OtherBalancers(Peers peers, BalancerName name, SharingState sharing)
{
    /// <summary>
    /// Whether this balancer is the one that does what one of those with the cluster has to do: the smallest id. While
    /// the others cannot be heard, nobody is: each would be.
    /// </summary>
    public bool IsThisFirstOf(string cluster) => peers.Known is { } others && others
        .Where(other => other.Clusters.ContainsKey(cluster.ToLowerInvariant()))
        .All(other => string.CompareOrdinal(name.Id, other.Id) <= 0);

    /// <summary>Another object each time they were heard.</summary>
    public object Heard => peers.Others;

    /// <summary>Whether it is known who there is.</summary>
    public bool AreHeard => peers.Known is not null;

    /// <summary>Tunnels to a node that remain.</summary>
    public long RemainingOn(Node node) => DrainOf(node).Remaining;

    /// <summary>Whether they are in the sums of this type; null if this balancer does not share.</summary>
    public bool? AreInCounts => sharing.Where is null ? null : AreHeard;

    /// <summary>Their parts of a drain.</summary>
    public PeerDrain DrainOf(Node node) => DrainOf(node.Key.Cluster, node.Id);

    /// <summary>Their parts of a drain of a node, which this balancer may not have.</summary>
    public PeerDrain DrainOf(string inCluster, string node)
    {
        var sum = new PeerDrain(0, 0, 0, 0);
        foreach (var cluster in peers.Of(inCluster))
        {
            // Ids ignore case, as in FleetCluster.Find.
            var key = cluster.Nodes.Keys.FirstOrDefault(
                id => string.Equals(id, node, StringComparison.OrdinalIgnoreCase));
            if (key is not null)
            {
                var reported = cluster.Nodes[key];
                var part = reported.Drain ?? new PeerDrain(reported.Tunnels, reported.Tunnels, 0, 0);
                sum = new PeerDrain(
                    sum.Total + part.Total,
                    sum.Remaining + part.Remaining,
                    sum.Closed + part.Closed,
                    sum.Forced + part.Forced);
            }
        }

        return sum;
    }

    /// <summary>Misplaced tunnels of a cluster.</summary>
    public long MisplacedIn(string cluster) => peers.Of(cluster).Sum(Misplaced);

    /// <summary>Their parts of a rebalance.</summary>
    public PeerRebalance RebalanceOf(string cluster, string operation)
    {
        var sum = new PeerRebalance(operation, 0, 0, 0);
        foreach (var peer in peers.Of(cluster))
        {
            var part = peer.Rebalance?.Operation == operation
                ? peer.Rebalance
                : new PeerRebalance(operation, Misplaced(peer), 0, 0);
            sum = new PeerRebalance(
                operation, sum.Remaining + part.Remaining, sum.Blocked + part.Blocked, sum.Closed + part.Closed);
        }

        return sum;
    }

    /// <summary>
    /// Whether each of them takes part in a rebalance and has nothing left to close. Not while they cannot be heard.
    /// </summary>
    public bool AreDone(string cluster, string operation) => peers.Known is { } others && others
        .Select(other => other.Clusters.GetValueOrDefault(cluster.ToLowerInvariant()))
        .OfType<PeerCluster>()
        .All(peer => peer.Rebalance is { Remaining: 0 } part && part.Operation == operation);

    private static long Misplaced(PeerCluster cluster) => cluster.Nodes.Values.Sum(node => node.Misplaced);
}
