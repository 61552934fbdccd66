using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Placement;

namespace WsBalancer.Proxy.Admission;

/// <summary>
/// How many tunnels each node may have before new users go to the second of their order: so many times its part, by
/// weight, of all the tunnels, and four standard deviations of what chance alone makes of that part. Not thread-safe.
/// </summary>
/// <remarks>
/// A node that joins lowers the part of all the others, which still have their tunnels: by the cap alone every user of
/// theirs that reconnects would be sent away, though the ring moved few of them. So when the nodes that share the users
/// change, each is granted what it has at that moment. A grant ends when its node is found below the cap; another
/// change before that does not lower it.
/// </remarks>
internal sealed class LoadCaps
{
    // With chance alone, 1 or 2 users in 10,000 exceed it, whatever the part.
    private const double Deviations = 4;

    private readonly Dictionary<Node, long> _granted = [];
    private (Node Node, int Weight)[] _sharing = [];

    /// <summary>The cap of a node without a grant, when one more tunnel is to be placed.</summary>
    /// <param name="factor">How many times its part a node may have.</param>
    /// <param name="tunnels">Those of all the nodes that share the users.</param>
    /// <param name="weight">The node's.</param>
    /// <param name="weights">The sum of all theirs.</param>
    public static long CapOf(double factor, long tunnels, long weight, long weights)
    {
        var part = (tunnels + 1.0) * weight / weights;
        return Math.Max(1, (long)Math.Ceiling((factor * part) + (Deviations * Math.Sqrt(part))));
    }

    /// <summary>Takes note of the nodes that share the users: those with weight that are neither draining nor
    /// unhealthy.</summary>
    public void Look(FleetSnapshot snapshot, Func<Node, long> takenBy)
    {
        if (IsSharedBy(snapshot.Nodes))
        {
            return;
        }

        _sharing = [.. snapshot.Nodes.Where(Shares).Select(node => (node, node.Weight))];
        foreach (var gone in _granted.Keys.Except(_sharing.Select(sharing => sharing.Node)).ToArray())
        {
            _granted.Remove(gone);
        }

        foreach (var (node, _) in _sharing)
        {
            _granted[node] = Math.Max(takenBy(node), _granted.GetValueOrDefault(node));
        }
    }

    /// <summary>What the node has and may have. Ends the grants that are no longer needed.</summary>
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

    /// <summary>The bound is off: what it granted is forgotten.</summary>
    public void Forget()
    {
        _sharing = [];
        _granted.Clear();
    }

    // Fullness does not matter here: a full node still has its part of the users.
    private static bool Shares(Node node) =>
        node is { Weight: > 0, IsDraining: false, Health: not NodeHealth.Unhealthy };

    private bool IsSharedBy(Node[] nodes)
    {
        var count = 0;
        foreach (var node in nodes)
        {
            if (Shares(node) && (count == _sharing.Length || _sharing[count++] != (node, node.Weight)))
            {
                return false;
            }
        }

        return count == _sharing.Length;
    }
}
