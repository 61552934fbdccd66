using BenchmarkDotNet.Attributes;
using WsBalancer.HashRing;

namespace WsBalancer.Benchmarks;

/// <summary>A ring from the one before it: what a node more or less costs.</summary>
public class ChangeBenchmarks
{
    private Ring _ring = null!;
    private RingChange _addition;
    private RingChange _removal;

    [ParamsSource(typeof(Algorithms), nameof(Algorithms.Names))]
    public string Algorithm { get; set; } = "";

    [Params(10, 100)]
    public int Nodes { get; set; }

    [GlobalSetup]
    public void Build()
    {
        _ring = Ring.Build(Fleet.Equal(Nodes), new RingOptions { Algorithm = Algorithm });
        _addition = RingChange.Add(Fleet.Node(Nodes));
        _removal = RingChange.Remove(Fleet.Node(Nodes / 2).Id);
    }

    [Benchmark]
    public Ring AddOne() => _ring.Apply(_addition);

    [Benchmark]
    public Ring RemoveOne() => _ring.Apply(_removal);
}
