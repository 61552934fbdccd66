using System.Numerics;

namespace WsBalancer.HashRing.Rendezvous;

/// <summary>
/// L(u) = −log2(u / 2^64) as a fixed-point number with 48 fractional bits, in integers only: the same bits on every
/// machine, which floating point does not guarantee. L never increases with u; at least 1 (of 2^−48), at most 64.
/// </summary>
/// <remarks>
/// The leading zeros of u give the whole part; the next 12 bits select a line between two entries of a table of log2(1
/// + i/4096), and the 51 bits below interpolate on that line.
/// </remarks>
internal static class NegLog2
{
    public const int FractionBits = 48;
    public const int Intervals = 1 << IntervalBits;

    private const int IntervalBits = 12;
    private const int OffsetBits = 63 - IntervalBits;
    private const int ArtanhBits = 120;

    private static readonly ulong[] Table = BuildTable();

    /// <summary>round(2^48 · log2(1 + i/4096)) for i = 0…4096.</summary>
    public static ReadOnlySpan<ulong> Entries => Table;

    public static ulong Of(ulong draw)
    {
        if (draw == 0)
        {
            return 64UL << FractionBits;
        }

        var zeros = BitOperations.LeadingZeroCount(draw);
        var mantissa = draw << zeros;
        var interval = (int)(mantissa >> OffsetBits) & (Intervals - 1);
        var offset = mantissa & ((1UL << OffsetBits) - 1);
        var low = Table[interval];
        var high = Math.BigMul(Table[interval + 1] - low, offset, out var rest);
        var log2 = low + ((high << (64 - OffsetBits)) | (rest >> OffsetBits));
        return ((ulong)(zeros + 1) << FractionBits) - log2;
    }

    /// <summary>
    /// Sums ln(n / (n − 1)) / 2 = artanh(1 / (2n − 1)) for n = 4097…8192. The entries are the partial sums divided by
    /// the whole sum, ln(2) / 2, which gives log2.
    /// </summary>
    // Terms have 120 fractional bits, and the error of the ratio is below 2^−28 of the last bit of an entry. An entry
    // very near to a half could still be rounded wrongly: tests compare all entries with exact values.
    private static ulong[] BuildTable()
    {
        const int SumBits = 79;

        var sums = new UInt128[Intervals + 1];
        var sum = UInt128.Zero;
        for (var i = 1; i <= Intervals; i++)
        {
            sum += Artanh((2 * (ulong)(Intervals + i)) - 1);
            sums[i] = sum >> (ArtanhBits - SumBits);
        }

        return Array.ConvertAll(sums, part => (ulong)((((part << (FractionBits + 1)) / sums[^1]) + 1) >> 1));
    }

    /// <summary>artanh(1/x) = 1/x + 1/(3x³) + 1/(5x⁵) + … with 120 fractional bits.</summary>
    private static UInt128 Artanh(ulong x)
    {
        var power = (UInt128.One << ArtanhBits) / x;
        var sum = UInt128.Zero;
        for (var k = 1UL; power != 0; k += 2)
        {
            sum += power / k;
            power /= x * x;
        }

        return sum;
    }
}
