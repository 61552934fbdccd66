using System.Collections.Immutable;
using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Admission;

/// <summary>
/// The caps of the bounded load: how many tunnels each node may have before new users are placed on the second node of
/// their order. A cap is a multiple of the node's share, by weight, of all tunnels, plus four standard deviations of
/// the random variation of that share. Not thread-safe.
/// </summary>
/// <remarks>
/// A node that joins lowers the share of all other nodes, which still have their tunnels: by the cap alone, all users
/// of these nodes would move when they reconnect, although the ring moves few of them. So when the nodes that share the
/// users change, each node is granted the number of tunnels that it has at that moment. A grant ends when its node is
/// below the cap; another change before that does not lower the grant.
/// </remarks>
internal sealed class LoadCaps
{
    // By chance alone, 1 or 2 users in 10,000 exceed the cap, for any share.
    private const double Deviations = 4;

    private readonly Dictionary<Node, long> _granted = [];
    private (Node Node, int Weight)[] _sharing = [];

    /// <summary>The cap of a node without a grant, for the placement of one more tunnel.</summary>
    /// <param name="factor">The multiple of its share that a node may have.</param>
    /// <param name="tunnels">The tunnels of all nodes that share the users.</param>
    /// <param name="weight">The weight of the node.</param>
    /// <param name="weights">The sum of the weights of all nodes that share the users.</param>
    public static long CapOf(double factor, long tunnels, long weight, long weights)
    {
        var part = (tunnels + 1.0) * weight / weights;
        return Math.Max(1, (long)Math.Ceiling((factor * part) + (Deviations * Math.Sqrt(part))));
    }

    /// <summary>Updates the set of nodes that share the users: nodes with weight that are neither draining nor
    /// unhealthy. If the set has changed, each of its nodes gets a grant.</summary>
    public void Refresh(FleetSnapshot snapshot, Func<Node, long> takenBy)
    {
        if (IsSharedBy(snapshot.Nodes))
        {
            return;
        }

        _sharing = [.. snapshot.Nodes.Where(Shares).Select(node => (node.Node, node.Weight))];
        foreach (var removed in _granted.Keys.Except(_sharing.Select(sharing => sharing.Node)).ToArray())
        {
            _granted.Remove(removed);
        }

        foreach (var (node, _) in _sharing)
        {
            _granted[node] = Math.Max(takenBy(node), _granted.GetValueOrDefault(node));
        }
    }

    /// <summary>The tunnels of the node and its cap. Ends the grants that are no longer needed.</summary>
    public NodeLoad LoadOf(Node node, double factor, Func<Node, long> takenBy)
    {
        var (tunnels, weights) = (0L, 0L);
        foreach (var (sharing, weight) in _sharing)
        {
            tunnels += takenBy(sharing);
            weights += weight;
        }

        for (var i = 0; i < _sharing.Length && _granted.Count > 0; i++)
        {
            var (sharing, weight) = _sharing[i];
            if (takenBy(sharing) < CapOf(factor, tunnels, weight, weights))
            {
                _granted.Remove(sharing);
            }
        }

        var cap = weights == 0 ? long.MaxValue : CapOf(factor, tunnels, node.Weight, weights);
        return new NodeLoad(takenBy(node), Math.Max(cap, _granted.GetValueOrDefault(node)));
    }

    /// <summary>Drops all grants, because the bound is off.</summary>
    public void ClearGrants()
    {
        _sharing = [];
        _granted.Clear();
    }

    // A full node is included: it still has its share of the users.
    private static bool Shares(NodeStatus node) =>
        node is { Weight: > 0, IsDraining: false, Health: not NodeHealth.Unhealthy };

    private bool IsSharedBy(ImmutableArray<NodeStatus> nodes)
    {
        var count = 0;
        foreach (var node in nodes)
        {
            if (Shares(node) && (count == _sharing.Length || _sharing[count++] != (node.Node, node.Weight)))
            {
                return false;
            }
        }

        return count == _sharing.Length;
    }
}

/// <summary>The tunnels of a node, pending handshakes included, and how many of them the node may have.</summary>
internal readonly record struct NodeLoad(long Tunnels, long Cap)
{
    public bool IsReached => Tunnels >= Cap;
}
