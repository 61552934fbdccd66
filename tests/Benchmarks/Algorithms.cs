using WsBalancer.HashRing;

namespace WsBalancer.Benchmarks;

/// <summary>The names of the algorithms for the benchmarks of our own rings.</summary>
public static class Algorithms
{
    public static IEnumerable<string> Names => RingAlgorithm.All.Select(static algorithm => algorithm.Name);
}
