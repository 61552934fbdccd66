namespace WsBalancer.HashRing.Points;

/// <summary>A point of a ring and the index of the node that it belongs to.</summary>
internal readonly record struct Point<T>(T Hash, int Node);
