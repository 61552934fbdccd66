using System.Globalization;

namespace WsBalancer.HashRing.Tests.Compatible;

/// <summary>
/// Rings of every algorithm from the same nodes, and the hashes at which the owner of such a ring changes.
/// </summary>
internal static class AnyRing
{
    private static readonly Gen<int> Weight = Gen.Frequency((4, Gen.Int[1, 3]), (1, Gen.Const(0)), (1, Gen.Int[4, 9]));

    /// <summary>The algorithms by name, for theories.</summary>
    public static TheoryData<string> Names => [.. RingAlgorithm.All.Select(static algorithm => algorithm.Name)];

    /// <summary>1 to 8 nodes with ids from a small set, in any order; some may have weight 0.</summary>
    public static readonly Gen<RingNode[]> Nodes =
        Gen.Select(Gen.Int[1, 12], Weight, static (number, weight) => Node(number, weight)).Array[1, 8]
            .Select(static nodes => nodes.DistinctBy(static node => node.Id).ToArray());

    /// <summary>A node whose key every algorithm accepts. The order of numbers differs from the order of ids.</summary>
    public static RingNode Node(int number, int weight = 1) => new(
        string.Create(CultureInfo.InvariantCulture, $"10.0.0.{number}:8080"),
        weight,
        string.Create(CultureInfo.InvariantCulture, $"{number}"));

    /// <summary>Nodes of weight 1, with the names for which figures are published.</summary>
    public static RingNode[] Equal(string algorithm, int count) => [.. Enumerable.Range(1, count).Select(number =>
        RingAlgorithm.Find(algorithm)!.HasNumbersForKeys ? Node(number) : Node(number) with { Key = null })];

    /// <summary>A ring; where the size can be chosen, small enough for a test of every position.</summary>
    public static Ring Build(string algorithm, IEnumerable<RingNode> nodes)
    {
        if (algorithm == "rendezvous")
        {
            return SmallRing.Build(nodes);
        }

        var size = algorithm switch
        {
            "envoy-ring" => 101,
            "envoy-maglev" or "maglev" => 251,
            _ => (int?)null,
        };
        return Ring.Build(nodes, new RingOptions { Algorithm = algorithm, TableSize = size });
    }

    /// <summary>The first and last position of every arc of the ring.</summary>
    public static IEnumerable<ulong> Boundaries(Ring ring)
    {
        var last = (ulong)(ring.PositionCount - 1);
        for (var start = 0UL; ;)
        {
            var end = ring.ArcEndOf(start);
            yield return start;
            yield return end;
            if (end == last)
            {
                yield break;
            }

            start = end + 1;
        }
    }

    public static string? OwnerOf(Ring ring, ulong position) => SmallRing.IdOf(ring, ring.OwnerAt(position));

    public static NodeMask MaskOf(Ring ring, IEnumerable<RingNode> nodes) =>
        nodes.Aggregate(default(NodeMask), (mask, node) => mask.With(ring.IndexOf(node.Id)));
}
