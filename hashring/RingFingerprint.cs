using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace WsBalancer.HashRing;

/// <summary>
/// The content hash of a ring: XXH128 over the spec, both seeds, and for each node in order the id, the weight and the
/// key. Texts are written as LEB128 length and UTF-8, seeds as 8 and weights as 4 bytes, little-endian. A ring that
/// ignores keys writes each as the empty text.
/// </summary>
internal static class RingFingerprint
{
    public static UInt128 Of(string spec, RingSeeds seeds, ReadOnlySpan<Member> members, bool hasKeys)
    {
        var hash = new XxHash128();
        AppendText(hash, Encoding.UTF8.GetBytes(spec));
        AppendSeed(hash, seeds.Key);
        AppendSeed(hash, seeds.Table);
        foreach (var member in members)
        {
            AppendText(hash, member.IdBytes);
            AppendWeight(hash, member.Weight);

            AppendText(hash, hasKeys ? member.KeyBytes : []);
        }

        return hash.GetCurrentHashAsUInt128();
    }

    private static void AppendText(XxHash128 hash, ReadOnlySpan<byte> utf8)
    {
        var length = (uint)utf8.Length;
        while (length >= 0x80)
        {
            hash.Append([(byte)(length | 0x80)]);
            length >>= 7;
        }

        hash.Append([(byte)length]);
        hash.Append(utf8);
    }

    private static void AppendSeed(XxHash128 hash, ulong seed)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, seed);
        hash.Append(bytes);
    }

    private static void AppendWeight(XxHash128 hash, int weight)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, weight);
        hash.Append(bytes);
    }
}
