namespace WsBalancer.HashRing.Rendezvous;

/// <summary>
/// An owner of slots before a change: its hash, and its weight and index after the change. It stays if its weight is
/// not lowered.
/// </summary>
internal readonly record struct Incumbent(ulong Hash, int Weight, int Node, bool Stays);
