using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace WsBalancer.HashRing.Rendezvous;

/// <summary>The integer mixing of a rendezvous ring: the finaliser of SplitMix64 and its output words.</summary>
/// <remarks>
/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014), with the constants of Vigna's
/// public-domain splitmix64. A bijection of 64 bits, so two different node hashes never tie in a slot.
/// </remarks>
internal static class Mix
{
    private const ulong FirstFactor = 0xBF58_476D_1CE4_E5B9;
    private const ulong SecondFactor = 0x94D0_49BB_1331_11EB;

    // 2^64 / golden ratio, odd: steps of this size visit every 64-bit value before one repeats.
    private const ulong Step = 0x9E37_79B9_7F4A_7C15;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Finish(ulong value)
    {
        value = (value ^ (value >> 30)) * FirstFactor;
        value = (value ^ (value >> 27)) * SecondFactor;
        return value ^ (value >> 31);
    }

    /// <summary>The slot's own random word: the output number slot + 1 of SplitMix64 from the table seed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong SlotWord(ulong tableSeed, ulong slot) => Finish(tableSeed + ((slot + 1) * Step));

    /// <summary>
    /// Writes the words of the slots from <paramref name="firstSlot"/> on; their number must be a multiple of 8.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WriteSlotWords(ulong tableSeed, int firstSlot, Span<ulong> words)
    {
        var states = (Vector<ulong>.Indices * Step) + new Vector<ulong>(tableSeed + (((ulong)firstSlot + 1) * Step));
        var stride = new Vector<ulong>((ulong)Vector<ulong>.Count * Step);
        foreach (ref var some in MemoryMarshal.Cast<ulong, Vector<ulong>>(words))
        {
            some = Finish(states);
            states += stride;
        }
    }

    /// <inheritdoc cref="Finish(ulong)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<ulong> Finish(Vector<ulong> value)
    {
        value = (value ^ (value >>> 30)) * FirstFactor;
        value = (value ^ (value >>> 27)) * SecondFactor;
        return value ^ (value >>> 31);
    }

    /// <summary>A node's draw in a slot: uniform over 64 bits; among equal weights, the largest draw wins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Draw(ulong nodeHash, ulong slotWord) => Finish(nodeHash ^ slotWord);
}
