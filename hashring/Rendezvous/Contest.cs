using System.Buffers;
using System.IO.Hashing;
using System.Runtime.CompilerServices;

namespace WsBalancer.HashRing.Rendezvous;

/// <summary>
/// The weighted rendezvous of some of a ring's nodes: returns the winner or the order for the random word of a slot.
/// </summary>
/// <remarks>
/// Nodes are grouped by weight, the heaviest first. Within a group the largest draw wins, so the loop over a group is
/// mixing and comparing integers only, and logarithms are taken at most once per group and slot.
/// </remarks>
internal sealed class Contest
{
    // "wrh1" in ASCII: keeps hashes of node ids apart from hashes of user ids.
    private const long NodeHashSeed = 0x7772_6831;

    // 24 bytes each: 3 KB of stack, enough for most fleets.
    private const int StackContenders = 128;

    private readonly ulong[] _hashes;
    private readonly int[] _nodes;
    private readonly WeightGroup[] _groups;

    private Contest(ulong[] hashes, int[] nodes, WeightGroup[] groups)
    {
        _hashes = hashes;
        _nodes = nodes;
        _groups = groups;
    }

    /// <summary>
    /// The weight of all nodes of the contest, if they have the same one; null otherwise and when there are none.
    /// </summary>
    public int? SoleWeight => _groups is [var group] ? group.Weight : null;

    public ReadOnlySpan<ulong> Hashes => _hashes;

    /// <summary>The number of nodes of the contest.</summary>
    public int Count => _nodes.Length;

    /// <summary>The contest of the members with weight that pass the filter; all of them without a filter.</summary>
    public static Contest Of(ReadOnlySpan<Member> members, Func<int, bool>? filter = null)
    {
        var entrants = new List<(int Weight, int Node, ulong Hash)>(members.Length);
        for (var i = 0; i < members.Length; i++)
        {
            if (members[i].Weight > 0 && (filter is null || filter(i)))
            {
                entrants.Add((members[i].Weight, i, HashOf(members[i])));
            }
        }

        entrants.Sort(static (a, b) => a.Weight != b.Weight ? b.Weight.CompareTo(a.Weight) : a.Node.CompareTo(b.Node));
        return new Contest(
            [.. entrants.Select(static entrant => entrant.Hash)],
            [.. entrants.Select(static entrant => entrant.Node)],
            GroupsOf(entrants));
    }

    /// <summary>The node indexes, in the order of <see cref="Hashes"/>.</summary>
    public IEnumerable<ushort> NodeIndexes() => _nodes.Select(static node => (ushort)node);

    public static ulong HashOf(Member member) => XxHash3.HashToUInt64(member.IdBytes, NodeHashSeed);

    /// <summary>The winner, or <see cref="Contender.None"/> if the contest has no nodes.</summary>
    public Contender WinnerOf(ulong slotWord)
    {
        var best = Contender.None;
        foreach (var group in _groups)
        {
            var candidate = WinnerOf(group, slotWord);
            if (candidate.Beats(best))
            {
                best = candidate;
            }
        }

        return best;
    }

    /// <summary>The winner among the available nodes, or <see cref="Contender.None"/>.</summary>
    public Contender WinnerOf(ulong slotWord, NodeMask available)
    {
        var best = Contender.None;
        foreach (var group in _groups)
        {
            for (var i = group.Start; i < group.End; i++)
            {
                if (!available.Contains(_nodes[i]))
                {
                    continue;
                }

                var candidate = new Contender(Mix.Draw(_hashes[i], slotWord), group.Weight, _nodes[i]);
                if (candidate.Beats(best))
                {
                    best = candidate;
                }
            }
        }

        return best;
    }

    /// <summary>
    /// The winner for each word of a block, or <see cref="Contender.None"/>. Both spans have
    /// <see cref="BlockContest.Size"/> entries.
    /// </summary>
    [SkipLocalsInit]
    public void FindWinners(ReadOnlySpan<ulong> words, Span<Contender> best)
    {
        Span<ulong> draws = stackalloc ulong[BlockContest.Size];
        Span<ulong> places = stackalloc ulong[BlockContest.Size];
        if (_groups.Length == 0)
        {
            best.Fill(Contender.None);
        }

        foreach (var group in _groups)
        {
            BlockContest.Compete(_hashes.AsSpan(group.Start, group.End - group.Start), words, draws, places);
            var nodes = _nodes.AsSpan(group.Start);
            var isFirst = group.Start == 0;
            for (var i = 0; i < words.Length; i++)
            {
                var candidate = new Contender(draws[i], group.Weight, nodes[(int)places[i]]);
                if (isFirst || candidate.Beats(best[i]))
                {
                    best[i] = candidate;
                }
            }
        }
    }

    /// <summary>
    /// Writes all nodes of the contest, the preferred first. The span has room for <see cref="Count"/>.
    /// </summary>
    [SkipLocalsInit]
    public void Order(ulong slotWord, Span<int> order)
    {
        if (Count <= StackContenders)
        {
            Span<RankedContender> few = stackalloc RankedContender[StackContenders];
            Order(slotWord, few[..Count], order);
            return;
        }

        var many = ArrayPool<RankedContender>.Shared.Rent(Count);
        Order(slotWord, many.AsSpan(0, Count), order);
        ArrayPool<RankedContender>.Shared.Return(many);
    }

    private static WeightGroup[] GroupsOf(List<(int Weight, int Node, ulong Hash)> entrants)
    {
        var groups = new List<WeightGroup>();
        for (var start = 0; start < entrants.Count; start = groups[^1].End)
        {
            var end = start;
            while (end < entrants.Count && entrants[end].Weight == entrants[start].Weight)
            {
                end++;
            }

            groups.Add(new WeightGroup(entrants[start].Weight, start, end));
        }

        return [.. groups];
    }

    private Contender WinnerOf(WeightGroup group, ulong slotWord)
    {
        var hashes = _hashes.AsSpan(group.Start, group.End - group.Start);
        var best = 0;
        var bestDraw = Mix.Draw(hashes[0], slotWord);
        for (var i = 1; i < hashes.Length; i++)
        {
            // Strictly larger: of equal draws, the earlier node, which has the lower index, is kept.
            var draw = Mix.Draw(hashes[i], slotWord);
            if (draw > bestDraw)
            {
                bestDraw = draw;
                best = i;
            }
        }

        return new Contender(bestDraw, group.Weight, _nodes[group.Start + best]);
    }

    private void Order(ulong slotWord, Span<RankedContender> contenders, Span<int> order)
    {
        foreach (var group in _groups)
        {
            for (var i = group.Start; i < group.End; i++)
            {
                var contender = new Contender(Mix.Draw(_hashes[i], slotWord), group.Weight, _nodes[i]);
                contenders[i] = new RankedContender(contender, _groups.Length > 1 ? NegLog2.Of(contender.Draw) : 0);
            }
        }

        // Contenders implement IComparable: a comparer passed in would be boxed on every call.
        contenders.Sort();
        for (var i = 0; i < contenders.Length; i++)
        {
            order[i] = contenders[i].Node;
        }
    }

    /// <summary>The part of the arrays, from start to before end, that holds the nodes of one weight.</summary>
    private readonly record struct WeightGroup(int Weight, int Start, int End);
}
