namespace WsBalancer.HashRing;

/// <summary>A member of a ring: its name and its relative share.</summary>
/// <param name="Id">
/// What <c>rendezvous</c> hashes for this node: 1 to 1,024 bytes of UTF-8, case-sensitive, never normalised. A node
/// that is renamed is another node, and other users are its own.
/// </param>
/// <param name="Weight">
/// The relative share, 0 to 65,535. A node of weight 2 owns twice what a node of weight 1 owns; a node of weight 0 owns
/// nothing and is in nobody's order. Some algorithms set a lower bound: <see cref="RingAlgorithm.MaxWeight"/>.
/// </param>
/// <param name="Key">
/// What every other ring hashes for this node: the name that the balancer it is compatible with has for it, 1 to 1,024
/// bytes of UTF-8, no two nodes the same. Null for the id. <c>rendezvous</c> takes no notice of it.
/// </param>
public readonly record struct RingNode(string Id, int Weight = 1, string? Key = null)
{
    /// <summary>The largest size of an id or a key in bytes of UTF-8, inclusive.</summary>
    public const int MaxNameBytes = 1024;

    /// <summary>The largest weight, inclusive.</summary>
    public const int MaxWeight = 65_535;
}
