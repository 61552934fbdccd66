namespace WsBalancer.HashRing.Tests.Compatible;

/// <summary>
/// The moves that a change causes in each ring, to the hundredth of a per cent: figures of independent models of the
/// peers, which agree with the peers themselves for every key.
/// </summary>
public sealed class DisruptionTests
{
    private static readonly int[] Weights = [1, 2, 3, 5, 8, 1, 2];

    [Theory]
    [InlineData("nginx", 9.90, 0)]
    [InlineData("ketama", 8.49, 0)]
    [InlineData("envoy-ring", 15.47, 6.25)]
    [InlineData("haproxy", 8.32, 0)]
    [InlineData("envoy-maglev", 9.31, 0.22)]
    public void TenToEleven_MovesWhatThePeerMoves(string algorithm, double moved, double excess) =>
        AssertPlan(moved, excess, Plan(algorithm, AnyRing.Equal(algorithm, 10), AnyRing.Equal(algorithm, 11)));

    [Theory]
    [InlineData("nginx", 8.68, 0)]
    [InlineData("ketama", 10.50, 0)]
    [InlineData("envoy-ring", 16.46, 7.45)]
    [InlineData("haproxy", 9.35, 0)]
    [InlineData("envoy-maglev", 10.20, 0.20)]
    public void TenWithoutTheFourth_MovesWhatThePeerMoves(string algorithm, double moved, double excess)
    {
        var ten = AnyRing.Equal(algorithm, 10);

        AssertPlan(moved, excess, Plan(algorithm, ten, [.. ten[..3], .. ten[4..]]));
    }

    [Theory]
    [InlineData("nginx", 11.76, 0)]
    [InlineData("ketama", 11.99, 0.25)]
    [InlineData("envoy-ring", 21.51, 8.62)]
    [InlineData("haproxy", 13.56, 0)]
    [InlineData("envoy-maglev", 12.23, 0.23)]
    public void OneMoreAmongMixedWeights_MovesWhatThePeerMoves(string algorithm, double moved, double excess)
    {
        var nodes = Weighted(algorithm, Weights);
        var newcomer = AnyRing.Equal(algorithm, 9)[^1] with { Weight = 3 };

        AssertPlan(moved, excess, Plan(algorithm, nodes, [.. nodes, newcomer]));
    }

    [Theory]
    [InlineData("nginx", 4.08, 0)]
    [InlineData("ketama", 6.81, 2.53)]
    [InlineData("envoy-ring", 7.34, 3.16)]
    [InlineData("haproxy", 5.74, 0)]
    [InlineData("envoy-maglev", 4.44, 0.29)]
    public void ARaisedWeight_MovesWhatThePeerMoves(string algorithm, double moved, double excess)
    {
        var plan = Plan(algorithm, Weighted(algorithm, Weights), Weighted(algorithm, [1, 2, 3, 5, 8, 2, 2]));

        AssertPlan(moved, excess, plan);
    }

    // Envoy moves users between unchanged nodes whenever ceil(1024 / n) changes, as it does with every node of a small
    // fleet.
    [Theory]
    [InlineData(2, 7.8)]
    [InlineData(3, 9.3)]
    [InlineData(4, 10.3)]
    [InlineData(5, 9.8)]
    [InlineData(8, 6.8)]
    [InlineData(16, 4.2)]
    [InlineData(20, 5.1)]
    [InlineData(32, 0)]
    [InlineData(50, 0)]
    [InlineData(64, 0)]
    [InlineData(100, 0)]
    public void EnvoyRing_OneMore_HasTheExcessOfItsConstruction(int nodes, double excess)
    {
        var plan = Plan(
            "envoy-ring", AnyRing.Equal("envoy-ring", nodes), AnyRing.Equal("envoy-ring", nodes + 1));

        Assert.Equal(excess, plan.Excess * 100, 0.05);
    }

    private static RingNode[] Weighted(string algorithm, int[] weights) =>
        [.. AnyRing.Equal(algorithm, weights.Length).Select((node, i) => node with { Weight = weights[i] })];

    private static RingPlan Plan(string algorithm, RingNode[] before, RingNode[] after)
    {
        var options = new RingOptions { Algorithm = algorithm };
        return Ring.Build(before, options).PlanTo(Ring.Build(after, options));
    }

    private static void AssertPlan(double moved, double excess, RingPlan plan)
    {
        Assert.Equal(moved, plan.Moved * 100, 0.005);
        Assert.Equal(excess, plan.Excess * 100, 0.005);
    }
}
