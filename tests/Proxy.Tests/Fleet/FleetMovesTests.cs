using Microsoft.Extensions.Configuration;
using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Tests.Fleet;

/// <summary>The moves that a changed configuration would cause.</summary>
public sealed class FleetMovesTests : IAsyncDisposable
{
    private readonly Dictionary<string, string?> _settings = ChatSettings.OfNodes("ws-1", "ws-2", "ws-3", "ws-4");
    private readonly BalancerApp _app;

    public FleetMovesTests() => _app = BalancerApp.Build(_settings);

    private ReloadGuard Guard => _app.Get<ReloadGuard>();

    [Fact]
    public async Task SameNodes_MoveNoUser() => Assert.Empty(await MovesOfAsync(_settings));

    [Fact]
    public async Task AnotherAddress_MovesNoUser() =>
        Assert.Empty(await MovesOfAsync(_settings.WithNode("ws-1", "http://elsewhere.invalid/")));

    [Fact]
    public async Task NodesThatAreMissing_MoveTheirUsers()
    {
        var user = _app.UserOf("ws-3");
        using var tunnel = new TestTunnel(_app.Tunnels, _app.Node("ws-3"), user, _app.Time);

        var move = Assert.Single(await MovesOfAsync(_settings.WithoutNode("ws-3").WithoutNode("ws-4")));

        Assert.InRange(move.Moved, 0.49, 0.51);
        Assert.Equal(1, move.TunnelsMoved);
        Assert.Equal(["ws-3", "ws-4"], move.Left);
        Assert.Empty(move.Joined);
        Assert.StartsWith(
            FormattableString.Invariant($"{move.Moved * 100:0.##} % of the users of cluster 'chat' (1 open tunnel of "),
            move.ToString(),
            StringComparison.Ordinal);
        Assert.EndsWith("this balancer): without ws-3 and ws-4", move.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NodeThatIsRenamed_MovesItsUsers()
    {
        var move = Assert.Single(await MovesOfAsync(
            _settings.WithoutNode("ws-1").WithNode("ws-9", "http://ws-1.invalid/")));

        Assert.Equal(["ws-9"], move.Joined);
        Assert.Equal(["ws-1"], move.Left);
        Assert.InRange(move.Moved, 0.24, 0.45);
    }

    [Fact]
    public async Task AnotherWeight_MovesItsUsers()
    {
        var move = Assert.Single(await MovesOfAsync(_settings.WithWeight("ws-1", 0)));

        Assert.Equal(["ws-1"], move.Reweighed);
        Assert.InRange(move.Moved, 0.24, 0.26);
    }

    [Fact]
    public async Task AnotherRing_MovesAll()
    {
        var move = Assert.Single(await MovesOfAsync(_settings.With(ChatSettings.Ours + "Ring:Algorithm", "nginx")));

        Assert.Equal(1, move.Moved);
    }

    [Fact]
    public async Task ClusterThatIsRemoved_MovesAll()
    {
        var others = ChatSettings.OfNodes("ws-1").ToDictionary(
            pair => pair.Key.Replace(":chat", ":other", StringComparison.Ordinal),
            pair => pair.Value == "chat" ? "other" : pair.Value);

        var move = Assert.Single(await MovesOfAsync(others));

        Assert.Equal(("chat", 1), (move.Cluster, move.Moved));
        Assert.Equal(["ws-1", "ws-2", "ws-3", "ws-4"], move.Left);
    }

    // The users of a draining node already have another home.
    [Fact]
    public async Task NodeThatDrains_IsRemovedWithoutMovingUsers()
    {
        _app.Fleet.SetAnnouncedDrain(_app.Chat, _app.Node("ws-1"), draining: true);

        var move = Assert.Single(await MovesOfAsync(_settings.WithoutNode("ws-1")));

        Assert.Equal(0, move.Moved, 1e-9);
        Assert.Equal(["ws-1"], move.Left);
    }

    [Theory]
    [InlineData(0.5, 0.25, false)]
    [InlineData(0.5, 0.503, false)]
    [InlineData(0.5, 0.52, true)]
    [InlineData(1, 1, false)]
    [InlineData(0, 0.005, false)]
    public void Move_ExceedsWhatAReloadMay_ByMoreThanThePrecisionOfARing(double most, double moved, bool exceeds)
    {
        var move = new ClusterMove("chat", moved, 0, [], [], []);

        Assert.Equal(exceeds, move.Exceeds(most));
        Assert.Equal(exceeds, ReloadGuard.RisksIn([move], new ReloadOptions { MaxMoved = most }).Any());
    }

    [Fact]
    public void Risk_IsReportedWithTheLimit() => Assert.Equal(
        [
            "The changed configuration would move 75 % of the users of cluster 'chat' (2 open tunnels of this "
                + "balancer): without ws-1 and ws-2, with ws-9, with another weight of ws-3. "
                + "WsBalancer:Reload:MaxMoved is 50%.",
        ],
        ReloadGuard.RisksIn(
            [new ClusterMove("chat", 0.75, 2, ["ws-9"], ["ws-1", "ws-2"], ["ws-3"])], new ReloadOptions()));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<IReadOnlyList<ClusterMove>> MovesOfAsync(Dictionary<string, string?> settings)
    {
        var read = await ConfigurationCheck.RunAsync(
            new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), Path.GetTempPath());
        Assert.Empty(read.Mistakes);
        return Guard.MovesIn(read);
    }
}
