using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Peers;

/// <summary>
/// The sums of what the other balancers report. A balancer that has not begun an operation yet counts with all its
/// tunnels.
/// </summary>
internal sealed class OtherBalancers(PeerReports peers, BalancerName name, RedisStatus redis)
{
    /// <summary>
    /// Whether this balancer has the smallest id of those with the cluster, and therefore acts for all of them. False
    /// while the other balancers are not known, since otherwise each of them would act.
    /// </summary>
    public bool IsThisFirstOf(string cluster) => peers.Known is { } others && others
        .Where(other => other.Clusters.ContainsKey(cluster.ToLowerInvariant()))
        .All(other => string.CompareOrdinal(name.Id, other.Id) <= 0);

    /// <summary>Identifies the latest reports: another object whenever new reports are received.</summary>
    public object Reports => peers.Others;

    /// <summary>Whether the other balancers are known: their reports could be read.</summary>
    public bool AreKnown => peers.Known is not null;

    /// <summary>The open tunnels of a node at the other balancers.</summary>
    public long RemainingOn(Node node) => DrainOf(node).Remaining;

    /// <summary>Whether the other balancers are in the sums; null if this balancer does not share.</summary>
    public bool? AreInCounts => redis.Where is null ? null : AreKnown;

    /// <summary>The sum of the other balancers' parts in a drain.</summary>
    public PeerDrain DrainOf(Node node) => DrainOf(node.Key.Cluster, node.Id);

    /// <summary>
    /// The sum of the other balancers' parts in the drain of a node that this balancer may not have. The id is as they
    /// report it.
    /// </summary>
    public PeerDrain DrainOf(string cluster, string node)
    {
        var sum = new PeerDrain(0, 0, 0, 0);
        foreach (var peer in peers.Of(cluster))
        {
            if (peer.Nodes.TryGetValue(node, out var reported))
            {
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

    /// <summary>The ids of the nodes to which other balancers have tunnels.</summary>
    public IEnumerable<string> NodesWithTunnels(string cluster) =>
        peers.Of(cluster).SelectMany(reported => reported.Nodes.Keys).Where(id => DrainOf(cluster, id).Remaining > 0);

    /// <summary>The misplaced tunnels of a cluster at the other balancers.</summary>
    public long MisplacedIn(string cluster) => peers.Of(cluster).Sum(Misplaced);

    /// <summary>The sum of the other balancers' parts in a rebalance.</summary>
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
    /// Whether every other balancer with the cluster takes part in a rebalance and has no tunnel left to close. False
    /// while the other balancers are not known.
    /// </summary>
    public bool AreDone(string cluster, string operation) => peers.Known is { } others && others
        .Select(other => other.Clusters.GetValueOrDefault(cluster.ToLowerInvariant()))
        .OfType<PeerCluster>()
        .All(peer => peer.Rebalance is { Remaining: 0 } part && part.Operation == operation);

    private static long Misplaced(PeerCluster cluster) => cluster.Nodes.Values.Sum(node => node.Misplaced);
}
