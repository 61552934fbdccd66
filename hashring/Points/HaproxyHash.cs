using System.IO.Hashing;
using System.Numerics;

namespace WsBalancer.HashRing.Points;

/// <summary>
/// The hash that HAProxy balances requests by: one of the four functions of <c>hash-type consistent</c>, with or
/// without <c>avalanche</c>. Source: <c>src/hash.c</c> of HAProxy 2.6.
/// </summary>
internal sealed class HaproxyHash
{
    private const string Avalanche = "+avalanche";

    private readonly Function _function;
    private readonly bool _hasAvalanche;

    private HaproxyHash(Function function, bool hasAvalanche)
    {
        _function = function;
        _hasAvalanche = hasAvalanche;
    }

    private enum Function
    {
        Sdbm,
        Djb2,
        Wt6,
        Crc32,
    }

    /// <summary>The names; the first is the default of <c>hash-type consistent</c>.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "sdbm" + Avalanche, "sdbm", "djb2" + Avalanche, "djb2", "wt6" + Avalanche, "wt6", "crc32" + Avalanche, "crc32",
    ];

    /// <summary>The function of one of <see cref="Names"/>.</summary>
    public static HaproxyHash Of(string name)
    {
        var hasAvalanche = name.EndsWith(Avalanche, StringComparison.Ordinal);
        var function = hasAvalanche ? name[..^Avalanche.Length] : name;
        return new HaproxyHash(Enum.Parse<Function>(function, ignoreCase: true), hasAvalanche);
    }

    /// <summary>
    /// HAProxy's <c>full_hash</c>: a bijection, so different numbers have different points. <c>avalanche</c> applies it
    /// to the hash of a request.
    /// </summary>
    public static uint FullHash(uint value)
    {
        value = value + 0x7ED5_5D16 + (value << 12);
        value = value ^ 0xC761_C23C ^ (value >> 19);
        value = value + 0x1656_67B1 + (value << 5);
        value = (value + 0xD3A2_646C) ^ (value << 9);
        value = value + 0xFD70_46C5 + (value << 3);
        value = value ^ 0xB55A_4F09 ^ (value >> 16);
        return value * 3_221_225_473;
    }

    public uint Of(ReadOnlySpan<byte> bytes)
    {
        var hash = _function switch
        {
            Function.Sdbm => Polynomial(bytes, 0, 65_599),
            Function.Djb2 => Polynomial(bytes, 5381, 33),
            Function.Wt6 => Wt6(bytes),
            _ => Crc32.HashToUInt32(bytes),
        };
        return _hasAvalanche ? FullHash(hash) : hash;
    }

    // hash · factor + byte, over all bytes. Four bytes at a time, because otherwise each product waits for the one
    // before it.
    private static uint Polynomial(ReadOnlySpan<byte> bytes, uint hash, uint factor)
    {
        var (square, cube) = (factor * factor, factor * factor * factor);
        var fourth = square * square;
        while (bytes.Length >= 4)
        {
            hash = (hash * fourth) + (bytes[0] * cube) + (bytes[1] * square) + (bytes[2] * factor) + bytes[3];
            bytes = bytes[4..];
        }

        foreach (var value in bytes)
        {
            hash = (hash * factor) + value;
        }

        return hash;
    }

    private static uint Wt6(ReadOnlySpan<byte> bytes)
    {
        var (first, second) = (0xA53C_965AU, 0x5CA6_953AU);
        var (firstTurn, secondTurn) = (6, 18);
        foreach (var value in bytes)
        {
            first = ~(first ^ value);
            second = ~(second + value);
            var turned = BitOperations.RotateLeft(second, firstTurn);
            second = BitOperations.RotateLeft(first, secondTurn);
            first = turned;
            var turns = ((first >> 16) ^ second) & 0xFFFF;
            firstTurn = (int)(turns & 31);
            secondTurn = (int)(turns >> 11);
        }

        return first ^ second;
    }
}
