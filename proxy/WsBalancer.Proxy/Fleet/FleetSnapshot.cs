using System.IO.Hashing;
using System.Text;
using WsBalancer.HashRing;
using Yarp.ReverseProxy.Model;

namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// A cluster at one moment: its ring, its nodes in the order of the ring, and the masks of those that may be chosen.
/// Immutable except for the nodes, which change in place. Health and drains only change the masks, never the ring.
/// </summary>
/// <param name="Settings">The settings of the cluster.</param>
/// <param name="Yarp">YARP's model of the cluster.</param>
/// <param name="Composition">The members of the cluster, with the overrides in effect.</param>
/// <param name="Ring">The ring of all members; null without members.</param>
/// <param name="Nodes">The nodes, each at its index in the ring.</param>
/// <param name="Available">The nodes that may get a new tunnel.</param>
/// <param name="NotDraining">The nodes that may be a user's home.</param>
/// <param name="Epoch">A number that increases by one with every change of the ring.</param>
internal sealed record FleetSnapshot(
    ClusterSettings Settings,
    ClusterModel Yarp,
    Composition Composition,
    RingBlend? Ring,
    Node[] Nodes,
    NodeMask Available,
    NodeMask NotDraining,
    long Epoch)
{
    /// <summary>Nodes that are no longer members but still have tunnels.</summary>
    public IReadOnlyList<Node> Leaving { get; init; } = [];

    /// <summary>
    /// The available nodes, and those that are unavailable only because they are silent: these nodes may be tried.
    /// </summary>
    public NodeMask AvailableOrSilent { get; init; }

    /// <summary>Whether any node is unavailable only because it is silent.</summary>
    public bool HasSilent { get; init; }

    /// <summary>The members that new users may be placed on.</summary>
    public IEnumerable<Node> AvailableNodes => Nodes.Where(static node => node is { Weight: > 0, IsAvailable: true });

    /// <summary>The members, and the nodes that leave.</summary>
    public IEnumerable<Node> All => Nodes.Concat(Leaving);

    public static FleetSnapshot Empty(ClusterSettings settings, ClusterModel yarp) =>
        new(settings, yarp, Composition.Empty, null, [], default, default, 0);

    /// <summary>The same snapshot with masks of the current state of the nodes.</summary>
    public FleetSnapshot WithMasks()
    {
        var available = default(NodeMask);
        var availableOrSilent = default(NodeMask);
        var notDraining = default(NodeMask);
        var hasSilent = false;
        for (var i = 0; i < Nodes.Length; i++)
        {
            available = Nodes[i].IsAvailable ? available.With(i) : available;
            availableOrSilent = Nodes[i].IsAvailable || Nodes[i].IsOnlySilent
                ? availableOrSilent.With(i)
                : availableOrSilent;
            hasSilent |= Nodes[i].IsOnlySilent;
            notDraining = Nodes[i].IsDraining ? notDraining : notDraining.With(i);
        }

        return this with
        {
            Available = available,
            AvailableOrSilent = availableOrSilent,
            HasSilent = hasSilent,
            NotDraining = notDraining,
        };
    }

    /// <summary>
    /// Whether a node may become silent. At most this part of the nodes may be silent, rounded up, but never all.
    /// </summary>
    public bool MayBeSilent(Node node, double share)
    {
        var others = Nodes.Where(other => other != node && other is { Weight: > 0, IsDraining: false }).ToArray();
        var most = Math.Min((int)Math.Ceiling(((others.Length + 1) * share) - 1e-9), others.Length);
        return others.Count(static other => other.IsSilent) < most;
    }

    /// <summary>The first of the user's order, whatever the nodes' state. Null if no node has weight.</summary>
    public Node? OwnerOf(string user) => Ring is null ? null : NodeAt(Ring.OwnerOf(user));

    /// <summary>The first of the user's order that is not draining.</summary>
    public Node? HomeOf(string user) => Ring is null ? null : NodeAt(Ring.OwnerOf(user, NotDraining));

    /// <summary>The part of the users that the node of that id owns, 0…1; 0 without such a node.</summary>
    public double ShareOf(string id) => Ring?.IndexOf(id) is { } index and >= 0 ? Ring.ShareOf(index) : 0;

    /// <summary>The node's exact part of the key space, 0…1.</summary>
    public double ShareOf(Node node)
    {
        var index = Array.IndexOf(Nodes, node);
        return Ring is null || index < 0 ? 0 : Ring.ShareOf(index);
    }

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

    private Node? NodeAt(int index) => index < 0 ? null : Nodes[index];
}
