namespace WsBalancer.HashRing.Tests;

/// <summary>
/// A ring for tests only: twelve positions in one arc per node, all of one length. A change moves more than the
/// minimum, and arcs of two such rings end at different positions.
/// </summary>
internal sealed class EvenRing(RingNode[] nodes) : Ring(Membership.Of(nodes), default, "even", "even/1", hasKeys: false)
{
    private const ulong Positions = 12;

    public override long TableBytes => 0;

    internal override UInt128 PositionCount => Positions;

    private ulong ArcLength => Positions / (ulong)Nodes.Count;

    public override ulong Hash(ReadOnlySpan<byte> utf8User) => throw new NotSupportedException();

    public override int OwnerOf(ulong hash) => throw new NotSupportedException();

    public override int OwnerOf(ulong hash, NodeMask available) => throw new NotSupportedException();

    public override int OrderOf(ulong hash, Span<int> order) => throw new NotSupportedException();

    internal override int OwnerAt(ulong position) => (int)(position / ArcLength);

    internal override ulong ArcEndOf(ulong position) => (((position / ArcLength) + 1) * ArcLength) - 1;

    private protected override UInt128 PositionsOwnedBy(int node) => throw new NotSupportedException();

    private protected override Ring WithMembership(Membership next) => throw new NotSupportedException();
}
