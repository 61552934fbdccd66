namespace WsBalancer.Proxy.Tests.Sockets.Loops;

/// <summary>Bytes in which every lost, doubled or swapped byte is detected.</summary>
internal static class Noise
{
    public static byte[] OfLength(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Splits bytes into pieces of random lengths, small and large.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Pieces(ReadOnlyMemory<byte> bytes, int seed = 1)
    {
        var random = new Random(seed);
        while (!bytes.IsEmpty)
        {
            var longest = random.Next(3) switch { 0 => 16, 1 => 4 * 1024, _ => 200 * 1024 };
            var length = Math.Min(bytes.Length, random.Next(1, longest));
            yield return bytes[..length];
            bytes = bytes[length..];
        }
    }
}
