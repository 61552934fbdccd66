namespace WsBalancer.Proxy.Tests.Placement.Http;

/// <summary>Ways in which bytes may arrive.</summary>
internal static class Pieces
{
    /// <summary>The bytes as a whole, byte by byte, and in random pieces with fixed seeds.</summary>
    public static IEnumerable<byte[][]> WaysToArrive(byte[] bytes)
    {
        yield return [bytes];
        yield return [.. bytes.Select(single => new[] { single })];
        for (var seed = 0; seed < 20; seed++)
        {
            yield return Cut(bytes, new Random(seed));
        }
    }

    public static byte[][] Cut(byte[] bytes, Random random)
    {
        var pieces = new List<byte[]>();
        for (var start = 0; start < bytes.Length;)
        {
            var length = Math.Min(bytes.Length - start, random.Next(1, 40));
            pieces.Add(bytes[start..(start + length)]);
            start += length;
        }

        return [.. pieces];
    }
}
