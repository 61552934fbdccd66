using Akka.Routing;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using WsBalancer.HashRing;

namespace WsBalancer.Benchmarks;

/// <summary>
/// The owner of a user, by our default ring and by other algorithms and libraries. All nodes have equal weights.
/// </summary>
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
public class PeerBenchmarks
{
    private readonly string[] _texts = UserIds.Texts();
    private readonly byte[][] _utf8 = UserIds.Utf8();

    private Ring _ring = null!;
    private ulong[] _hashes = null!;
    private SortedPoints _plain = null!;
    private ConsistentHash<string> _akka = null!;

    [Params(10, 100, 1000)]
    public int Nodes { get; set; }

    [GlobalSetup]
    public void Build()
    {
        var nodes = Fleet.Equal(Nodes);
        _ring = Ring.Build(nodes);
        _hashes = UserIds.Hashes(_ring);
        _plain = new SortedPoints(nodes);
        _akka = ConsistentHash.Create(nodes.Select(static node => node.Id), SortedPoints.PointsPerNode);
    }

    [Benchmark(OperationsPerInvoke = UserIds.Count, Baseline = true)]
    [BenchmarkCategory("Text")]
    public int OursText()
    {
        var sum = 0;
        foreach (var id in _texts)
        {
            sum += _ring.OwnerOf(id);
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = UserIds.Count)]
    [BenchmarkCategory("Text")]
    public int PlainText()
    {
        var sum = 0;
        foreach (var id in _texts)
        {
            sum += _plain.OwnerOf(id);
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = UserIds.Count)]
    [BenchmarkCategory("Text")]
    public int AkkaText()
    {
        var sum = 0;
        foreach (var id in _texts)
        {
            sum += _akka.NodeFor(id).Length;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = UserIds.Count, Baseline = true)]
    [BenchmarkCategory("Utf8")]
    public int OursUtf8()
    {
        var sum = 0;
        foreach (var id in _utf8)
        {
            sum += _ring.OwnerOf(id);
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = UserIds.Count)]
    [BenchmarkCategory("Utf8")]
    public int PlainUtf8()
    {
        var sum = 0;
        foreach (var id in _utf8)
        {
            sum += _plain.OwnerOf(id);
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = UserIds.Count)]
    [BenchmarkCategory("Utf8")]
    public int AkkaUtf8()
    {
        var sum = 0;
        foreach (var id in _utf8)
        {
            sum += _akka.NodeFor(id).Length;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = UserIds.Count, Baseline = true)]
    [BenchmarkCategory("Hash")]
    public int OursHash()
    {
        var sum = 0;
        foreach (var hash in _hashes)
        {
            sum += _ring.OwnerOf(hash);
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = UserIds.Count)]
    [BenchmarkCategory("Hash")]
    public int PlainHash()
    {
        var sum = 0;
        foreach (var hash in _hashes)
        {
            sum += _plain.OwnerOf(hash);
        }

        return sum;
    }
}
