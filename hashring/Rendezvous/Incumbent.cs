namespace WsBalancer.HashRing.Rendezvous;

/// <summary>
/// An owner of slots before a change: its hash, and its weight and index after it. It stays if it is not lowered.
/// </summary>
internal readonly record struct Incumbent(ulong Hash, int Weight, int Node, bool Stays);
