using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Tests.Admission;

public sealed class LoadCapsTests : IAsyncDisposable
{
    private const double Factor = 1.25;

    private readonly Dictionary<string, string?> _settings = ChatSettings.OfNodes("ws-1", "ws-2", "ws-3");
    private readonly Dictionary<string, long> _taken = new() { ["ws-1"] = 0, ["ws-2"] = 0, ["ws-3"] = 0, ["ws-4"] = 0 };
    private readonly LoadCaps _caps = new();
    private readonly BalancerApp _app;

    public LoadCapsTests() => _app = BalancerApp.Build(_settings);

    [Theory]
    [InlineData(1.25, 0, 1, 3, 3)]
    [InlineData(1.25, 299, 1, 3, 165)]
    [InlineData(1.25, 299, 2, 3, 307)]
    [InlineData(1.1, 29_999, 1, 3, 11_400)]
    [InlineData(1.01, 0, 1, 65_535, 1)]
    public void Cap_IsTheFactorAndFourDeviations(double factor, long tunnels, long weight, long weights, long cap) =>
        Assert.Equal(cap, LoadCaps.CapOf(factor, tunnels, weight, weights));

    // The slack of the cap must cover random differences: these alone move no user to another node.
    [Theory]
    [InlineData(5)]
    [InlineData(100)]
    public void RandomDifferences_AloneSpillNoUser(int mean)
    {
        const int Nodes = 10;
        var random = new Random(7);
        var (away, users) = (0, 0);
        for (var round = 0; round < 200; round++)
        {
            var taken = new long[Nodes];
            for (var user = 0; user < mean * Nodes; user++, users++)
            {
                var home = random.Next(Nodes);
                away += taken[home] >= LoadCaps.CapOf(Factor, user, 1, Nodes) ? 1 : 0;
                taken[home]++;
            }
        }

        Assert.InRange(away / (double)users, 0, 0.001);
    }

    [Fact]
    public void NodeThatJoins_LeavesTheOthersWhatTheyHave()
    {
        Take(("ws-1", 10_000), ("ws-2", 10_000), ("ws-3", 10_000));
        Assert.Equal(12_901, LoadOf("ws-1").Cap);

        // With four nodes, the share of each is 7,500, and its cap 9,722.
        _app.Apply(_settings.WithNode("ws-4", "http://ws-4.invalid/"));

        Assert.Equal((10_000, 10_000), (LoadOf("ws-1").Tunnels, LoadOf("ws-1").Cap));
        Take(("ws-1", 9_999));
        Assert.False(LoadOf("ws-1").IsReached);
        Assert.Equal(9_722, LoadOf("ws-4").Cap);
    }

    [Fact]
    public void Grant_EndsOnceTheNodeIsBelowItsCap()
    {
        Take(("ws-1", 10_000), ("ws-2", 10_000), ("ws-3", 10_000));
        _app.Apply(_settings.WithNode("ws-4", "http://ws-4.invalid/"));
        LoadOf("ws-1");
        Take(("ws-1", 9_000), ("ws-4", 1_000));
        Assert.Equal(9_722, LoadOf("ws-1").Cap);

        Take(("ws-1", 10_000), ("ws-4", 0));

        Assert.True(LoadOf("ws-1").IsReached);
        Assert.Equal(10_000, LoadOf("ws-2").Cap);
    }

    [Fact]
    public void AnotherChange_DoesNotLowerAGrant()
    {
        Take(("ws-1", 10_000), ("ws-2", 10_000), ("ws-3", 10_000));
        _app.Apply(_settings.WithNode("ws-4", "http://ws-4.invalid/"));
        LoadOf("ws-1");
        Take(("ws-1", 9_800));

        _app.Apply(_settings.WithNode("ws-4", "http://ws-4.invalid/").WithWeight("ws-4", 2));

        Assert.Equal((9_800, 10_000), (LoadOf("ws-1").Tunnels, LoadOf("ws-1").Cap));
    }

    [Fact]
    public void NodeThatRecovers_IsAChangeToo()
    {
        Take(("ws-1", 15_000), ("ws-2", 15_000));
        Fall("ws-3", NodeHealth.Unhealthy);
        Assert.Equal(19_241, LoadOf("ws-1").Cap);

        Fall("ws-3", NodeHealth.Healthy);

        Assert.Equal(15_000, LoadOf("ws-1").Cap);
    }

    [Fact]
    public void NodesThatDrain_OrHaveNoWeight_AreNotCounted()
    {
        _app.Apply(_settings.WithWeight("ws-2", 0));
        _app.Fleet.SetAnnouncedDrain(_app.Chat, _app.Node("ws-3"), true);
        Take(("ws-2", 50_000), ("ws-3", 50_000));

        Assert.Equal(LoadCaps.CapOf(Factor, 0, 1, 1), LoadOf("ws-1").Cap);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Take(params (string Node, long Count)[] taken) =>
        Array.ForEach(taken, node => _taken[node.Node] = node.Count);

    private void Fall(string node, NodeHealth health) =>
        _app.Fleet.SetHealth(_app.Chat, _app.Node(node), health, "test");

    private WsBalancer.Proxy.Admission.NodeLoad LoadOf(string node)
    {
        _caps.Refresh(_app.Chat.Current, TakenBy);
        return _caps.LoadOf(_app.Node(node), Factor, TakenBy);
    }

    private long TakenBy(Node node) => _taken[node.Id];
}
