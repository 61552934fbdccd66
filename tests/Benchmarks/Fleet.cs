using WsBalancer.HashRing;

namespace WsBalancer.Benchmarks;

/// <summary>The nodes of the rings that are measured.</summary>
internal static class Fleet
{
    private static readonly int[] MixedWeights = [1, 2, 3, 5, 8];

    public static RingNode[] Equal(int count) => [.. Enumerable.Range(0, count).Select(Node)];

    /// <summary>Five different weights, each for the same number of nodes.</summary>
    public static RingNode[] Mixed(int count) =>
        [.. Equal(count).Select(static (node, i) => node with { Weight = MixedWeights[i % MixedWeights.Length] })];

    /// <summary>The node with this number; a fleet has the numbers from 0.</summary>
    public static RingNode Node(int number) => new($"10.0.{number / 250}.{(number % 250) + 1}:8080");

    /// <summary>The nodes with the keys that the algorithm needs.</summary>
    public static RingNode[] WithKeys(string algorithm, RingNode[] nodes) =>
        RingAlgorithm.Find(algorithm)!.HasNumbersForKeys
            ? [.. nodes.Select(static (node, i) => node with { Key = $"{i + 1}" })]
            : nodes;
}
