namespace WsBalancer.HashRing;

/// <summary>A member of a ring: its name and its relative share.</summary>
/// <param name="Id">
/// What the ring hashes for this node: 1 to 1,024 bytes of UTF-8, case-sensitive, never normalised. A node that is
/// renamed is another node, and other users are its own.
/// </param>
/// <param name="Weight">
/// The relative share, 0 to 65,535. A node of weight 2 owns twice what a node of weight 1 owns; a node of weight 0 owns
/// nothing and is in nobody's order.
/// </param>
public readonly record struct RingNode(string Id, int Weight = 1)
{
    /// <summary>The largest weight, inclusive.</summary>
    public const int MaxWeight = 65_535;
}
