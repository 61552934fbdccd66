namespace WsBalancer.HashRing;

/// <summary>What a <see cref="RingChange"/> does. None is what an uninitialised change has, and is refused.</summary>
internal enum RingChangeKind
{
    None,
    Add,
    Remove,
    Reweight,
}
