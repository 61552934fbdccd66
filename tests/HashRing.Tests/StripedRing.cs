namespace WsBalancer.HashRing.Tests;

/// <summary>The ring nobody should use: position modulo number of nodes. It moves far more than a change needs.</summary>
internal sealed class StripedRing(RingNode[] nodes) : Ring(Membership.Of(nodes), default, "striped", "striped/1")
{
    private const int Positions = 12;

    internal override UInt128 PositionCount => Positions;

    public override ulong Hash(ReadOnlySpan<byte> utf8User) => utf8User.IsEmpty ? 0UL : utf8User[0];

    public override int OwnerOf(ulong hash) => OwnerAt(hash % Positions);

    public override int OwnerOf(ulong hash, NodeMask available) => throw new NotSupportedException();

    public override int OrderOf(ulong hash, Span<int> order) => throw new NotSupportedException();

    internal override int OwnerAt(ulong position) => (int)(position % (ulong)Nodes.Count);

    // In arcs of different lengths, so that a plan has to find their common boundaries.
    internal override ulong ArcEndOf(ulong position) => position;

    private protected override UInt128 PositionsOwnedBy(int node) => throw new NotSupportedException();

    private protected override Ring WithMembership(Membership next) => throw new NotSupportedException();
}
