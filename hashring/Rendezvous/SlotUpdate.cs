using System.Runtime.CompilerServices;

namespace WsBalancer.HashRing.Rendezvous;

/// <summary>
/// Computes the owners after a change from those before it: only slots whose owner was removed or lowered are contested
/// by all nodes; in the other slots, only the added and the raised nodes may challenge the owner.
/// </summary>
internal sealed class SlotUpdate
{
    private readonly Contest _everyone;
    private readonly Contest _challengers;
    private readonly Incumbent[] _incumbents;
    private readonly DrawUpdate? _byDraws;

    public SlotUpdate(Membership before, Membership after, Contest everyone)
    {
        _everyone = everyone;
        _incumbents = IncumbentsOf(before, after);
        var challengers = ChallengersOf(before, after);
        _challengers = Contest.Of(after.Members, node => challengers[node]);
        _byDraws = DrawUpdate.TryCreate(_incumbents, _challengers);
    }

    /// <summary>Writes the owner of every slot. Both tables must have owners.</summary>
    [SkipLocalsInit]
    public void Write(SlotTable before, ulong tableSeed, int slots, SlotTable after)
    {
        Span<ulong> words = stackalloc ulong[BlockContest.Size];
        Span<ushort> owners = stackalloc ushort[BlockContest.Size];
        Span<Contender> challengers = new Contender[BlockContest.Size];
        for (var first = 0; first < slots; first += BlockContest.Size)
        {
            // A table smaller than a block uses only the first slots of the block.
            var block = owners[..Math.Min(slots, BlockContest.Size)];
            Mix.WriteSlotWords(tableSeed, first, words);
            if (_byDraws is not null)
            {
                _byDraws.Write(before, first, words, block);
            }
            else
            {
                _challengers.FindWinners(words, challengers);
                Decide(before, first, words, challengers, block);
            }

            after.Write(first, block);
        }
    }

    private static Incumbent[] IncumbentsOf(Membership before, Membership after)
    {
        var incumbents = new Incumbent[before.Members.Length];
        for (var i = 0; i < incumbents.Length; i++)
        {
            var member = before.Members[i];
            var node = after.IndexOf(member.Id);
            var weight = node < 0 ? 0 : after.Members[node].Weight;
            incumbents[i] = new Incumbent(Contest.HashOf(member), weight, node, Stays: weight >= member.Weight);
        }

        return incumbents;
    }

    private static bool[] ChallengersOf(Membership before, Membership after)
    {
        var challengers = new bool[after.Members.Length];
        for (var i = 0; i < challengers.Length; i++)
        {
            var member = after.Members[i];
            var old = before.IndexOf(member.Id);
            challengers[i] = old < 0 || member.Weight > before.Members[old].Weight;
        }

        return challengers;
    }

    private void Decide(
        SlotTable before,
        int first,
        ReadOnlySpan<ulong> words,
        ReadOnlySpan<Contender> challengers,
        Span<ushort> owners)
    {
        for (var i = 0; i < owners.Length; i++)
        {
            owners[i] = (ushort)Winner(_incumbents[before.OwnerOf((ulong)(first + i))], challengers[i], words[i]);
        }
    }

    private int Winner(in Incumbent incumbent, in Contender challenger, ulong slotWord)
    {
        if (!incumbent.Stays)
        {
            return _everyone.WinnerOf(slotWord).Node;
        }

        if (_challengers.Count == 0)
        {
            return incumbent.Node;
        }

        var owner = new Contender(Mix.Draw(incumbent.Hash, slotWord), incumbent.Weight, incumbent.Node);
        return challenger.Beats(owner) ? challenger.Node : incumbent.Node;
    }
}
