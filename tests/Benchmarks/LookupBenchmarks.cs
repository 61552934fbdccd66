using BenchmarkDotNet.Attributes;
using WsBalancer.HashRing;

namespace WsBalancer.Benchmarks;

/// <summary>
/// The owner of a user, for every algorithm. Lookups do not depend on each other: the result is throughput, not
/// latency.
/// </summary>
public class LookupBenchmarks
{
    private readonly string[] _texts = UserIds.Texts();
    private readonly byte[][] _utf8 = UserIds.Utf8();

    private Ring _ring = null!;
    private ulong[] _hashes = null!;

    [ParamsSource(typeof(Algorithms), nameof(Algorithms.Names))]
    public string Algorithm { get; set; } = "";

    [Params(10, 100, 1000)]
    public int Nodes { get; set; }

    [GlobalSetup]
    public void Build()
    {
        _ring = Ring.Build(
            Fleet.WithKeys(Algorithm, Fleet.Equal(Nodes)), new RingOptions { Algorithm = Algorithm });
        _hashes = UserIds.Hashes(_ring);
    }

    [Benchmark(OperationsPerInvoke = UserIds.Count)]
    public int Utf8()
    {
        var sum = 0;
        foreach (var id in _utf8)
        {
            sum += _ring.OwnerOf(id);
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = UserIds.Count)]
    public int Text()
    {
        var sum = 0;
        foreach (var id in _texts)
        {
            sum += _ring.OwnerOf(id);
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = UserIds.Count)]
    public int Hash()
    {
        var sum = 0;
        foreach (var hash in _hashes)
        {
            sum += _ring.OwnerOf(hash);
        }

        return sum;
    }
}
