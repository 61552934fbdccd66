namespace WsBalancer.HashRing;

/// <summary>A member of a ring: its name and its relative share.</summary>
/// <param name="Id">
/// The text that <c>rendezvous</c> hashes for this node: 1 to 1,024 bytes of UTF-8, case-sensitive, never normalised. A
/// renamed node is another node and owns other users.
/// </param>
/// <param name="Weight">
/// The relative share, 0 to 65,535. A node of weight 2 owns twice as much as a node of weight 1; a node of weight 0
/// owns nothing and is in no order. Some algorithms have a smaller maximum: <see cref="RingAlgorithm.MaxWeight"/>.
/// </param>
/// <param name="Key">
/// The text that every other ring hashes for this node: its name in the balancer that the ring is compatible with, 1 to
/// 1,024 bytes of UTF-8, unique among the nodes. Null for the id. <c>rendezvous</c> ignores it.
/// </param>
public readonly record struct RingNode(string Id, int Weight = 1, string? Key = null)
{
    /// <summary>The largest size of an id or a key in bytes of UTF-8, inclusive.</summary>
    public const int MaxNameBytes = 1024;

    /// <summary>The largest weight, inclusive.</summary>
    public const int MaxWeight = 65_535;
}
