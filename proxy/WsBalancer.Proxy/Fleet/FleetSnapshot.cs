using WsBalancer.HashRing;
using Yarp.ReverseProxy.Model;

namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// A cluster at one moment, immutable: its ring, its nodes in the ring's order, and which of them may be chosen.
/// Health and drains only ever change the masks, never the ring.
/// </summary>
/// <param name="Settings">What is configured for the cluster.</param>
/// <param name="Yarp">YARP's side of the cluster.</param>
/// <param name="Ring">Holds every configured node; null while there is none.</param>
/// <param name="Nodes">The nodes; the index is the ring's.</param>
/// <param name="Available">The nodes that a new tunnel may go to.</param>
/// <param name="NotDraining">The nodes that may be a user's home.</param>
/// <param name="Epoch">Grows by one with every change of the ring.</param>
internal sealed record FleetSnapshot(
    ClusterSettings Settings,
    ClusterModel Yarp,
    Ring? Ring,
    Node[] Nodes,
    NodeMask Available,
    NodeMask NotDraining,
    long Epoch)
{
    public static FleetSnapshot Empty(ClusterSettings settings, ClusterModel yarp) =>
        new(settings, yarp, null, [], default, default, 0);

    /// <summary>The same cluster with its masks read anew from the nodes.</summary>
    public FleetSnapshot WithMasks()
    {
        var available = default(NodeMask);
        var notDraining = default(NodeMask);
        for (var i = 0; i < Nodes.Length; i++)
        {
            available = Nodes[i].IsAvailable ? available.With(i) : available;
            notDraining = Nodes[i].IsDraining ? notDraining : notDraining.With(i);
        }

        return this with { Available = available, NotDraining = notDraining };
    }

    /// <summary>The first of the user's order, whatever the nodes' state. Null if no node has weight.</summary>
    public Node? OwnerOf(string user) => Ring is null ? null : NodeAt(Ring.OwnerOf(user));

    /// <summary>The first of the user's order that is not draining.</summary>
    public Node? HomeOf(string user) => Ring is null ? null : NodeAt(Ring.OwnerOf(Ring.Hash(user), NotDraining));

    /// <summary>The node's exact part of the key space, 0…1.</summary>
    public double ShareOf(Node node)
    {
        var index = Array.IndexOf(Nodes, node);
        return Ring is null || index < 0 ? 0 : Ring.ShareOf(index).Ratio;
    }

    private Node? NodeAt(int index) => index < 0 ? null : Nodes[index];
}
