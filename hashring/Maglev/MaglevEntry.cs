namespace WsBalancer.HashRing.Maglev;

/// <summary>A node that takes part in filling a Maglev table.</summary>
/// <param name="Node">The node's index.</param>
/// <param name="Weight">Greater than 0; only the proportions between nodes count.</param>
/// <param name="Offset">A hash of the node's key that decides where its permutation of the slots begins.</param>
/// <param name="Skip">Another hash of the key, which decides the distance between two slots of the permutation.</param>
internal readonly record struct MaglevEntry(int Node, double Weight, ulong Offset, ulong Skip);
