namespace WsBalancer.HashRing.Maglev;

/// <summary>A node that takes part in filling a Maglev table.</summary>
/// <param name="Node">Its index.</param>
/// <param name="Weight">Over 0; only the proportions count.</param>
/// <param name="Offset">Two hashes of its key: where its preferences begin,</param>
/// <param name="Skip">and how far apart they are.</param>
internal readonly record struct MaglevEntry(int Node, double Weight, ulong Offset, ulong Skip);
