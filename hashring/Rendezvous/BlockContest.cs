using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace WsBalancer.HashRing.Rendezvous;

/// <summary>
/// The draws of many slots at once: node by node over a block of slots, several slots to an instruction where the
/// machine has vectors. Building a ring is mostly this loop; it finds the same winners as <see cref="Contest"/> finds
/// slot by slot.
/// </summary>
internal static class BlockContest
{
    /// <summary>Slots in a block: the words, draws and places of a block stay in the first-level cache.</summary>
    public const int Size = 256;

    /// <summary>
    /// For each slot word of a block, the largest draw of the nodes, and the index in <paramref name="hashes"/> of the
    /// first node that has it.
    /// </summary>
    public static void Compete(
        ReadOnlySpan<ulong> hashes, ReadOnlySpan<ulong> words, Span<ulong> draws, Span<ulong> places)
    {
        places[..Size].Clear();
        Draw(hashes[0], words[..Size], draws[..Size]);

        for (var place = 1; place < hashes.Length; place++)
        {
            Challenge(
                hashes[place],
                (ulong)place,
                MemoryMarshal.Cast<ulong, Vector<ulong>>(words[..Size]),
                MemoryMarshal.Cast<ulong, Vector<ulong>>(draws[..Size]),
                MemoryMarshal.Cast<ulong, Vector<ulong>>(places[..Size]));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Draw(ulong hash, ReadOnlySpan<ulong> words, Span<ulong> draws)
    {
        var hashes = new Vector<ulong>(hash);
        var from = MemoryMarshal.Cast<ulong, Vector<ulong>>(words);
        var to = MemoryMarshal.Cast<ulong, Vector<ulong>>(draws);
        for (var i = 0; i < from.Length; i++)
        {
            to[i] = Mix.Finish(hashes ^ from[i]);
        }
    }

    // Optimised at once: most processes build only one or two rings, at their start, before tiered compilation takes
    // effect.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Challenge(
        ulong hash,
        ulong place,
        ReadOnlySpan<Vector<ulong>> words,
        Span<Vector<ulong>> draws,
        Span<Vector<ulong>> places)
    {
        var hashes = new Vector<ulong>(hash);
        var challenger = new Vector<ulong>(place);
        for (var i = 0; i < words.Length; i++)
        {
            var draw = Mix.Finish(hashes ^ words[i]);
            var wins = Vector.GreaterThan(draw, draws[i]);
            draws[i] = Vector.ConditionalSelect(wins, draw, draws[i]);
            places[i] = Vector.ConditionalSelect(wins, challenger, places[i]);
        }
    }
}
