using WsBalancer.Proxy.Rebalancing;

namespace WsBalancer.Proxy.Tests.Rebalancing;

public sealed class AutoRebalanceCoreTests
{
    private static readonly ClusterObservation AtStart = new(100, "two nodes", false, false);
    private static readonly ClusterObservation Grown = new(200, "three nodes", false, false);

    private readonly AutoRebalanceCore _core = new();

    public AutoRebalanceCoreTests() => _core.Observe(AtStart, TimeSpan.Zero, TimeSpan.FromSeconds(60));

    [Fact]
    public void Start_IsNoChange() => Assert.False(Observe(AtStart, 1_000));

    [Fact]
    public void Change_IsServedOnce_AfterTheFleetWasStable()
    {
        Assert.False(Observe(Grown, 10));
        Assert.False(Observe(Grown, 69));
        Assert.True(Observe(Grown, 70));

        _core.Begun(Grown);
        Assert.False(Observe(Grown, 71));
        Assert.False(Observe(Grown, 1_000));
    }

    [Fact]
    public void Change_DuringTheWait_RestartsIt()
    {
        Observe(Grown, 10);
        Observe(Grown with { State = "three nodes, one sick" }, 60);
        Observe(Grown with { State = "three nodes, one sick", IsDisputed = true }, 100);

        Assert.False(Observe(Grown with { State = "three nodes, one sick" }, 159));
        Assert.True(Observe(Grown with { State = "three nodes, one sick" }, 160));
    }

    [Fact]
    public void Health_AloneIsNoReason()
    {
        Observe(AtStart with { State = "two nodes, one sick" }, 10);

        Assert.False(Observe(AtStart, 1_000));
        Assert.False(Observe(AtStart, 2_000));
    }

    // A rebalance that an operator began, or has ended since, counts too.
    [Fact]
    public void Rebalance_ThatRan_HasServedTheChange()
    {
        Observe(Grown with { IsRebalancing = true }, 10);

        Assert.False(Observe(Grown, 1_000));
    }

    [Fact]
    public void Off_IsNever()
    {
        _core.Observe(Grown, TimeSpan.FromSeconds(10), after: null);

        Assert.False(_core.Observe(Grown, TimeSpan.FromDays(1), after: null));
    }

    private bool Observe(ClusterObservation observation, double seconds) =>
        _core.Observe(observation, TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(60));
}
