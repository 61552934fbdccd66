using BenchmarkDotNet.Attributes;
using WsBalancer.HashRing;

namespace WsBalancer.Benchmarks;

/// <summary>Builds a whole ring from its nodes: the cost of a start.</summary>
public class BuildBenchmarks
{
    private RingOptions _options = null!;
    private RingNode[] _nodes = null!;

    [ParamsSource(typeof(Algorithms), nameof(Algorithms.Names))]
    public string Algorithm { get; set; } = "";

    [Params(10, 100, 1000)]
    public int Nodes { get; set; }

    [Params("equal", "mixed")]
    public string Weights { get; set; } = "";

    [GlobalSetup]
    public void Prepare()
    {
        _options = new RingOptions { Algorithm = Algorithm };
        _nodes = Fleet.WithKeys(Algorithm, Weights == "equal" ? Fleet.Equal(Nodes) : Fleet.Mixed(Nodes));
    }

    [Benchmark]
    public Ring Build() => Ring.Build(_nodes, _options);
}
