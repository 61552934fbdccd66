using BenchmarkDotNet.Attributes;
using WsBalancer.HashRing;

namespace WsBalancer.Benchmarks;

/// <summary>Builds a ring from the one before it: the cost of adding or removing a node.</summary>
public class ChangeBenchmarks
{
    private Ring _ring = null!;
    private RingChange _addition;
    private RingChange _removal;

    [ParamsSource(typeof(Algorithms), nameof(Algorithms.Names))]
    public string Algorithm { get; set; } = "";

    [Params(10, 100)]
    public int Nodes { get; set; }

    [Params("equal", "mixed")]
    public string Weights { get; set; } = "";

    [GlobalSetup]
    public void Build()
    {
        var nodes = Weights == "equal" ? Fleet.Equal(Nodes + 1) : Fleet.Mixed(Nodes + 1);
        nodes = Fleet.WithKeys(Algorithm, nodes);
        _ring = Ring.Build(nodes[..^1], new RingOptions { Algorithm = Algorithm });
        _addition = RingChange.Add(nodes[^1]);
        _removal = RingChange.Remove(nodes[Nodes / 2].Id);
    }

    [Benchmark]
    public Ring AddOne() => _ring.Apply(_addition);

    [Benchmark]
    public Ring RemoveOne() => _ring.Apply(_removal);
}
