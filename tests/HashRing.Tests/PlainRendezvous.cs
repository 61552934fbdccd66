using System.IO.Hashing;
using System.Numerics;
using System.Text;
using WsBalancer.HashRing.Rendezvous;

namespace WsBalancer.HashRing.Tests;

/// <summary>
/// The plain definition of the ring, with no grouping, no optimisations and no limits on integers: slow, but obviously
/// correct. Logarithms are the library's; the golden vectors check those.
/// </summary>
internal static class PlainRendezvous
{
    private static readonly UTF32Encoding CodePoints = new(bigEndian: true, byteOrderMark: false);

    public static string?[] OwnersOf(RingNode[] nodes, int slotBits, string? seed)
    {
        var tableSeed = seed is null ? 0 : XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(seed), 1);
        var owners = new string?[1 << slotBits];
        for (var slot = 0; slot < owners.Length; slot++)
        {
            var word = Finish(unchecked(tableSeed + ((ulong)(slot + 1) * 0x9E3779B97F4A7C15)));
            owners[slot] = OwnerOf(nodes, word);
        }

        return owners;
    }

    private static string? OwnerOf(RingNode[] nodes, ulong word)
    {
        (RingNode Node, ulong Draw)? best = null;
        foreach (var node in nodes.Where(static node => node.Weight > 0))
        {
            var hash = XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(node.Id), 0x77726831);
            var candidate = (node, Finish(hash ^ word));
            best = best is { } other && !IsBetter(candidate, other) ? best : candidate;
        }

        return best?.Node.Id;
    }

    private static bool IsBetter((RingNode Node, ulong Draw) a, (RingNode Node, ulong Draw) b)
    {
        var left = (BigInteger)NegLog2.Of(a.Draw) * b.Node.Weight;
        var right = (BigInteger)NegLog2.Of(b.Draw) * a.Node.Weight;
        if (left != right)
        {
            return left < right;
        }

        // The order of UTF-8 is the order of code points.
        return a.Draw != b.Draw
            ? a.Draw > b.Draw
            : CodePoints.GetBytes(a.Node.Id).AsSpan().SequenceCompareTo(CodePoints.GetBytes(b.Node.Id)) < 0;
    }

    private static ulong Finish(ulong x)
    {
        x = unchecked((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9);
        x = unchecked((x ^ (x >> 27)) * 0x94D049BB133111EB);
        return x ^ (x >> 31);
    }
}
