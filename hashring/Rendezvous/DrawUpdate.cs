using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace WsBalancer.HashRing.Rendezvous;

/// <summary>
/// The most frequent kind of change, computed for several slots to an instruction: no node is removed or lowered, and
/// all nodes have the same weight, so that comparing draws is enough.
/// </summary>
internal sealed class DrawUpdate
{
    private readonly ulong[] _incumbentHashes;
    private readonly ulong[] _challengerHashes;
    private readonly ushort[] _nodes;

    private DrawUpdate(Incumbent[] incumbents, Contest challengers)
    {
        _incumbentHashes = Array.ConvertAll(incumbents, static incumbent => incumbent.Hash);
        _challengerHashes = challengers.Hashes.ToArray();

        // Indexed by the winner of a slot: incumbents by their indexes before the change, then the challengers.
        _nodes = [.. incumbents.Select(static incumbent => (ushort)incumbent.Node), .. challengers.NodeIndexes()];
    }

    /// <summary>The update, or null if comparing draws is not enough for the change.</summary>
    public static DrawUpdate? TryCreate(Incumbent[] incumbents, Contest challengers)
    {
        // An incumbent that stays and has weight 0 had weight 0 before the change too: it owns no slot.
        var hasOneWeight = challengers.SoleWeight is { } weight
            && Array.TrueForAll(
                incumbents, incumbent => incumbent.Stays && (incumbent.Weight == weight || incumbent.Weight == 0));

        // Equal hashes draw equally in every slot; node indexes would then decide.
        return hasOneWeight && !incumbents.Any(incumbent => challengers.Hashes.Contains(incumbent.Hash))
            ? new DrawUpdate(incumbents, challengers)
            : null;
    }

    /// <summary>
    /// Writes the owners of a block of slots. <paramref name="words"/> always has <see cref="BlockContest.Size"/>
    /// entries, even if the table is smaller.
    /// </summary>
    [SkipLocalsInit]
    public void Write(SlotTable before, int first, ReadOnlySpan<ulong> words, Span<ushort> after)
    {
        Span<ulong> draws = stackalloc ulong[BlockContest.Size];
        Span<ulong> places = stackalloc ulong[BlockContest.Size];
        Span<ulong> hashes = stackalloc ulong[BlockContest.Size];
        Span<ulong> winners = stackalloc ulong[BlockContest.Size];
        for (var i = 0; i < after.Length; i++)
        {
            var owner = before.OwnerOf((ulong)(first + i));
            winners[i] = (ulong)owner;
            hashes[i] = _incumbentHashes[owner];
        }

        BlockContest.Compete(_challengerHashes, words, draws, places);
        Challenge(
            MemoryMarshal.Cast<ulong, Vector<ulong>>(words),
            MemoryMarshal.Cast<ulong, Vector<ulong>>(hashes),
            MemoryMarshal.Cast<ulong, Vector<ulong>>(draws),
            MemoryMarshal.Cast<ulong, Vector<ulong>>(places),
            MemoryMarshal.Cast<ulong, Vector<ulong>>(winners));
        for (var i = 0; i < after.Length; i++)
        {
            after[i] = _nodes[(int)winners[i]];
        }
    }

    // Optimised at once: a process changes its ring too rarely for tiered compilation to take effect.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Challenge(
        ReadOnlySpan<Vector<ulong>> words,
        ReadOnlySpan<Vector<ulong>> hashes,
        ReadOnlySpan<Vector<ulong>> draws,
        ReadOnlySpan<Vector<ulong>> places,
        Span<Vector<ulong>> winners)
    {
        var beyond = new Vector<ulong>((ulong)_incumbentHashes.Length);
        for (var i = 0; i < words.Length; i++)
        {
            var wins = Vector.GreaterThan(draws[i], Mix.Finish(hashes[i] ^ words[i]));
            winners[i] = Vector.ConditionalSelect(wins, places[i] + beyond, winners[i]);
        }
    }
}
