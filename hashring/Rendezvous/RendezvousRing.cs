using System.IO.Hashing;
using System.Runtime.CompilerServices;

namespace WsBalancer.HashRing.Rendezvous;

/// <summary>
/// The default ring: 2^18 equal slots, each owned by the winner of a weighted rendezvous of all nodes; the top 18 bits
/// of a user's hash select the slot.
/// </summary>
/// <remarks>
/// In each slot every node has a rank that depends on its own id and weight and on nothing else. So a change moves
/// exactly the slots it must: an added or raised node only wins slots, a removed or lowered node only loses them, and
/// under a mask the winner is that of a ring without the masked nodes.
/// </remarks>
internal sealed class RendezvousRing : Ring
{
    public const string AlgorithmName = "rendezvous";

    /// <summary>Part of the contract: another number of slots would move nearly every user.</summary>
    public const int DefaultSlotBits = 18;

    private readonly Membership _membership;
    private readonly Contest _contest;
    private readonly SlotTable _table;
    private readonly RingSeeds _seeds;
    private readonly bool _hasSeed;
    private readonly int _slotBits;
    private readonly int[] _owned;

    private RendezvousRing(
        Membership membership, Contest contest, SlotTable table, RingSeeds seeds, bool hasSeed, int slotBits)
        : base(membership, seeds, AlgorithmName, SpecOf(slotBits, hasSeed), hasKeys: false)
    {
        _membership = membership;
        _contest = contest;
        _table = table;
        _seeds = seeds;
        _hasSeed = hasSeed;
        _slotBits = slotBits;
        _owned = table.CountOwned(membership.Nodes.Count);
    }

    public override long TableBytes => _table.Bytes;

    internal override UInt128 PositionCount => UInt128.One << _slotBits;

    public static RendezvousRing Build(Membership membership, RingOptions options) =>
        Build(membership, RingSeeds.Of(options.Seed), options.Seed is not null);

    public static RendezvousRing Build(
        Membership membership, RingSeeds seeds, bool hasSeed, int slotBits = DefaultSlotBits)
    {
        var contest = Contest.Of(membership.Members);
        if (contest.Count == 0)
        {
            return new RendezvousRing(membership, contest, default, seeds, hasSeed, slotBits);
        }

        var table = SlotTable.Create(1 << slotBits, membership.Nodes.Count);
        WriteOwners(contest, seeds.Table, 1 << slotBits, table);
        return new RendezvousRing(membership, contest, table, seeds, hasSeed, slotBits);
    }

    public override ulong Hash(ReadOnlySpan<byte> utf8User) =>
        XxHash3.HashToUInt64(utf8User, unchecked((long)_seeds.Key));

    public override int OwnerOf(ulong hash) => _table.OwnerOf(SlotOf(hash));

    public override int OwnerOf(ReadOnlySpan<byte> utf8User) => OwnerOf(Hash(utf8User));

    public override int OwnerOf(ulong hash, NodeMask available)
    {
        var owner = OwnerOf(hash);
        return available.Contains(owner) ? owner : _contest.WinnerOf(SlotWordOf(hash), available).Node;
    }

    public override int OrderOf(ulong hash, Span<int> order)
    {
        ThrowIfShort(order, _contest.Count);
        _contest.Order(SlotWordOf(hash), order);
        return _contest.Count;
    }

    internal override int OwnerAt(ulong position) => _table.OwnerOf(position);

    internal override ulong ArcEndOf(ulong position) => position;

    private protected override UInt128 PositionsOwnedBy(int node) => (uint)_owned[node];

    private protected override Ring WithMembership(Membership next)
    {
        var contest = Contest.Of(next.Members);
        if (contest.Count == 0 || !_table.HasOwners)
        {
            return Build(next, _seeds, _hasSeed, _slotBits);
        }

        var table = SlotTable.Create(1 << _slotBits, next.Nodes.Count);
        new SlotUpdate(_membership, next, contest).Write(_table, _seeds.Table, 1 << _slotBits, table);
        return new RendezvousRing(next, contest, table, _seeds, _hasSeed, _slotBits);
    }

    [SkipLocalsInit]
    private static void WriteOwners(Contest contest, ulong tableSeed, int slots, SlotTable table)
    {
        Span<ulong> words = stackalloc ulong[BlockContest.Size];
        Span<ushort> owners = stackalloc ushort[BlockContest.Size];
        Span<Contender> winners = new Contender[BlockContest.Size];
        for (var first = 0; first < slots; first += BlockContest.Size)
        {
            // A table smaller than a block uses only the first slots of the block.
            var block = owners[..Math.Min(slots, BlockContest.Size)];
            Mix.WriteSlotWords(tableSeed, first, words);
            contest.FindWinners(words, winners);
            for (var i = 0; i < block.Length; i++)
            {
                block[i] = (ushort)winners[i].Node;
            }

            table.Write(first, block);
        }
    }

    private static string SpecOf(int slotBits, bool hasSeed) =>
        $"{AlgorithmName}/1;b={slotBits};seed={(hasSeed ? "set" : "none")}";

    private ulong SlotOf(ulong hash) => hash >> (64 - _slotBits);

    private ulong SlotWordOf(ulong hash) => Mix.SlotWord(_seeds.Table, SlotOf(hash));
}
