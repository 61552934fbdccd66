namespace WsBalancer.HashRing;

/// <summary>
/// The kind of a <see cref="RingChange"/>. None is the kind of an uninitialised change, which is rejected.
/// </summary>
internal enum RingChangeKind
{
    None,
    Add,
    Remove,
    Reweight,
}
