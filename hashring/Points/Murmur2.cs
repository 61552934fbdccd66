using System.Buffers.Binary;

namespace WsBalancer.HashRing.Points;

/// <summary>
/// MurmurHash64A by Austin Appleby with the seed that libstdc++ uses for bytes on 64-bit machines: Envoy's
/// <c>MURMUR_HASH_2</c>.
/// </summary>
internal static class Murmur2
{
    private const ulong Seed = 0xC70F_6907;
    private const ulong Factor = 0xC6A4_A793_5BD1_E995;

    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var hash = Seed ^ ((ulong)bytes.Length * Factor);
        while (bytes.Length >= sizeof(ulong))
        {
            hash = (hash ^ (Mix(BinaryPrimitives.ReadUInt64LittleEndian(bytes) * Factor) * Factor)) * Factor;
            bytes = bytes[sizeof(ulong)..];
        }

        if (bytes.Length > 0)
        {
            hash = (hash ^ ReadPartial(bytes)) * Factor;
        }

        return Mix(Mix(hash) * Factor);
    }

    private static ulong Mix(ulong value) => value ^ (value >> 47);

    private static ulong ReadPartial(ReadOnlySpan<byte> bytes)
    {
        Span<byte> whole = stackalloc byte[sizeof(ulong)];
        whole.Clear();
        bytes.CopyTo(whole);
        return BinaryPrimitives.ReadUInt64LittleEndian(whole);
    }
}
