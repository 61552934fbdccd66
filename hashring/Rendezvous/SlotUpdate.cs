using System.Runtime.CompilerServices;

namespace WsBalancer.HashRing.Rendezvous;

/// <summary>
/// The owners after a change, from those before it: only slots whose owner was removed or lowered are contested anew;
/// in all others, only the added and the raised nodes may challenge the owner.
/// </summary>
internal sealed class SlotUpdate
{
    private readonly Contest _everyone;
    private readonly Contest _challengers;
    private readonly Incumbent[] _incumbents;

    public SlotUpdate(Membership before, Membership after, Contest everyone)
    {
        _everyone = everyone;
        _incumbents = IncumbentsOf(before, after);
        var challengers = ChallengersOf(before, after);
        _challengers = Contest.Of(after.Members, node => challengers[node]);
    }

    /// <summary>Writes the owner of every slot. The table before has owners, and so has the ring after.</summary>
    [SkipLocalsInit]
    public void Write(SlotTable before, ulong tableSeed, Span<ushort> after)
    {
        Span<ulong> words = stackalloc ulong[BlockContest.Size];
        Span<Contender> challengers = new Contender[BlockContest.Size];
        for (var first = 0; first < after.Length; first += BlockContest.Size)
        {
            Mix.WriteSlotWords(tableSeed, first, words);
            _challengers.FindWinners(words, challengers);

            // The only block of a very small table reaches past its end.
            var block = after[first..Math.Min(after.Length, first + BlockContest.Size)];
            for (var i = 0; i < block.Length; i++)
            {
                block[i] = (ushort)Winner(_incumbents[before.OwnerOf((ulong)(first + i))], challengers[i], words[i]);
            }
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

    /// <summary>An owner before the change: its hash, and its weight and index after it.</summary>
    private readonly record struct Incumbent(ulong Hash, int Weight, int Node, bool Stays);
}
