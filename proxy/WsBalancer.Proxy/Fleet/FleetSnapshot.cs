using System.Collections.Immutable;
using System.IO.Hashing;
using System.Text;
using WsBalancer.HashRing;
using Yarp.ReverseProxy.Model;

namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// A cluster at one moment: its ring, the statuses of its nodes in the order of the ring, and the masks of those that
/// may be chosen. Immutable, except for the counts in the ledgers of the nodes. Health and drains only change the
/// statuses and the masks, never the ring.
/// </summary>
/// <param name="Settings">The settings of the cluster.</param>
/// <param name="Yarp">YARP's model of the cluster.</param>
/// <param name="Composition">The members of the cluster, with the overrides in effect.</param>
/// <param name="Ring">The ring of all members; null without members.</param>
/// <param name="Nodes">The members, each at its index in the ring.</param>
/// <param name="Leaving">Nodes that are no longer members but still have tunnels.</param>
/// <param name="Epoch">A number that increases by one with every change of the ring.</param>
internal sealed record FleetSnapshot(
    ClusterSettings Settings,
    ClusterModel Yarp,
    Composition Composition,
    RingBlend? Ring,
    ImmutableArray<NodeStatus> Nodes,
    ImmutableArray<NodeStatus> Leaving,
    long Epoch)
{
    // The nodes have no setter: a copy with other nodes would keep the masks of these.
    public ImmutableArray<NodeStatus> Nodes { get; } = Nodes;

    /// <summary>The nodes that may get a new tunnel.</summary>
    public NodeMask Available { get; } = MaskOf(Nodes, static node => node.IsAvailable);

    /// <summary>
    /// The available nodes, and those that are unavailable only because they are silent: these nodes may be tried.
    /// </summary>
    public NodeMask AvailableOrSilent { get; } =
        MaskOf(Nodes, static node => node.IsAvailable || node.IsOnlySilent);

    /// <summary>Whether any node is unavailable only because it is silent.</summary>
    public bool HasSilent { get; } = Nodes.Any(static node => node.IsOnlySilent);

    /// <summary>The nodes that may be a user's home.</summary>
    public NodeMask NotDraining { get; } = MaskOf(Nodes, static node => !node.IsDraining);

    /// <summary>The number of members that handshakes are sent to while their health allows it.</summary>
    public int CandidateCount { get; } = Nodes.Count(static node => node is { Weight: > 0, IsDraining: false });

    /// <summary>The members that new users may be placed on.</summary>
    public IEnumerable<NodeStatus> AvailableNodes =>
        Nodes.Where(static node => node is { Weight: > 0, IsAvailable: true });

    /// <summary>The members, and the nodes that leave.</summary>
    public IEnumerable<NodeStatus> All => Nodes.Concat(Leaving);

    public static FleetSnapshot Empty(ClusterSettings settings, ClusterModel yarp) =>
        new(settings, yarp, Composition.Empty, null, [], [], 0);

    /// <summary>The same snapshot with another status of a node; unchanged if it does not have that node.</summary>
    public FleetSnapshot With(NodeStatus changed)
    {
        var (nodes, leaving) = (Replace(Nodes, changed), Replace(Leaving, changed));
        return nodes == Nodes && leaving == Leaving
            ? this
            : new FleetSnapshot(Settings, Yarp, Composition, Ring, nodes, leaving, Epoch);
    }

    /// <summary>The index of a member in the ring; -1 for any other node.</summary>
    public int IndexOf(Node node) => IndexIn(Nodes, node);

    /// <summary>
    /// Whether a node may become silent. At most this part of the nodes may be silent, rounded up, but never all.
    /// </summary>
    public bool MayBeSilent(Node node, double share)
    {
        var others = Nodes.Where(other => other.Node != node && other is { Weight: > 0, IsDraining: false }).ToArray();
        var most = Math.Min((int)Math.Ceiling(((others.Length + 1) * share) - 1e-9), others.Length);
        return others.Count(static other => other.IsSilent) < most;
    }

    /// <summary>The first of the user's order, whatever the nodes' state. Null if no node has weight.</summary>
    public NodeStatus? OwnerOf(string user) => Ring is null ? null : NodeAt(Ring.OwnerOf(user));

    /// <summary>The first of the user's order that is not draining.</summary>
    public NodeStatus? HomeOf(string user) => Ring is null ? null : NodeAt(Ring.OwnerOf(user, NotDraining));

    /// <summary>The node's exact part of the key space, 0…1; 0 without a member of that id.</summary>
    public double ShareOf(string id) => Ring?.IndexOf(id) is { } index and >= 0 ? Ring.ShareOf(index) : 0;

    /// <summary>Whether every user has the same home as in an earlier snapshot of the same ring.</summary>
    public bool HasHomesOf(FleetSnapshot other) =>
        Enumerable.Range(0, Nodes.Length).All(i => NotDraining.Contains(i) == other.NotDraining.Contains(i));

    /// <summary>
    /// The hash that balancers compare in addition to the ring: over every member's id and address, and the drains of
    /// operators. Drains that nodes announce themselves are not included, since balancers receive them at different
    /// moments.
    /// </summary>
    public string StateHash()
    {
        var hash = new XxHash128();
        foreach (var node in Nodes)
        {
            hash.Append(Encoding.UTF8.GetBytes($"{node.Id}\n{node.Address}\n{node.OperatorDrain?.Operation}\n"));
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    private static NodeMask MaskOf(ImmutableArray<NodeStatus> nodes, Func<NodeStatus, bool> isIn)
    {
        var mask = default(NodeMask);
        for (var i = 0; i < nodes.Length; i++)
        {
            mask = isIn(nodes[i]) ? mask.With(i) : mask;
        }

        return mask;
    }

    private static ImmutableArray<NodeStatus> Replace(ImmutableArray<NodeStatus> nodes, NodeStatus changed) =>
        IndexIn(nodes, changed.Node) is var index and >= 0 ? nodes.SetItem(index, changed) : nodes;

    private static int IndexIn(ImmutableArray<NodeStatus> nodes, Node node)
    {
        for (var i = 0; i < nodes.Length; i++)
        {
            if (nodes[i].Node == node)
            {
                return i;
            }
        }

        return -1;
    }

    private NodeStatus? NodeAt(int index) => index < 0 ? null : Nodes[index];
}
