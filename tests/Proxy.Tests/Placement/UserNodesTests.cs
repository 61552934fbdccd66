using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Placement;

namespace WsBalancer.Proxy.Tests.Placement;

public sealed class UserNodesTests : IAsyncDisposable
{
    private readonly Dictionary<string, string?> _settings =
        ChatSettings.OfNodes("ws-1", "ws-2", "ws-3").With(ChatSettings.Ours + "FollowLive", "true");

    private readonly BalancerApp _app;
    private readonly string _user;

    public UserNodesTests()
    {
        _app = BalancerApp.Build(_settings);
        _user = _app.UserOf("ws-1", "ws-2", "ws-3");
    }

    [Fact]
    public void Owner_Available_IsThePlace() =>
        Expect("ws-1", "ws-1", "ws-1", "ws-1 is the owner and available");

    [Fact]
    public void Owner_Unhealthy_IsStillHome()
    {
        Fall("ws-1");

        Expect("ws-1", "ws-1", "ws-2", "ws-1 is unhealthy; ws-2 is the first of the order that is available");
    }

    [Fact]
    public void Owner_Draining_IsNoHome()
    {
        Drain("ws-1");
        Fall("ws-2");

        Expect(
            "ws-1",
            "ws-2",
            "ws-3",
            "ws-1 is draining, ws-2 is unhealthy; ws-3 is the first of the order that is available");
    }

    [Fact]
    public void NoneHealthy_IsReportedAsTheReason()
    {
        Drain("ws-1");
        Fall("ws-2", "ws-3");

        Expect(
            "ws-1",
            "ws-2",
            "ws-2",
            "no node is available for lack of health; ws-2 is the first of the order that is not draining");
    }

    [Fact]
    public void AllDraining_HaveNoPlace()
    {
        Drain("ws-1", "ws-2", "ws-3");

        Expect("ws-1", null, null, "every node is draining");
    }

    [Fact]
    public void NewestTunnel_IsFollowed()
    {
        using var tunnel = new TestTunnel(_app.Tunnels, _app.Node("ws-3"), _user, _app.Time);

        Expect(
            "ws-1",
            "ws-1",
            "ws-3",
            "ws-3 has the user's newest live tunnel, which is followed unless it is draining or silent");
    }

    [Fact]
    public void NewestTunnel_OnADrainingNode_IsNotTheReason()
    {
        using var tunnel = new TestTunnel(_app.Tunnels, _app.Node("ws-3"), _user, _app.Time);
        Drain("ws-3");

        Expect("ws-1", "ws-1", "ws-1", "ws-1 is the owner and available");
    }

    [Fact]
    public async Task NoWeight_AndNoNodes_HaveDifferentReasons()
    {
        _app.Apply(_settings.WithWeight("ws-1", 0).WithWeight("ws-2", 0).WithWeight("ws-3", 0));
        Assert.Equal("no node has weight", Placed().Reason);
        Assert.Empty(Placed().Order);

        await _app.RemoveNodesAsync();
        Assert.Equal("the cluster has no nodes", Placed().Reason);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private UserNodes Placed() => UserNodes.Of(
        _app.Chat, _app.Tunnels, _app.Get<AdmissionControl>(), _user);

    private void Expect(string? owner, string? home, string? next, string reason)
    {
        var placed = Placed();
        Assert.Equal((owner, home, next), (placed.Owner?.Id, placed.Home?.Id, placed.Next?.Id));
        Assert.Equal(["ws-1", "ws-2", "ws-3"], placed.Order.Select(node => node.Id));
        Assert.Equal(reason, placed.Reason);
    }

    private void Fall(params string[] nodes) => Array.ForEach(
        nodes, node => _app.Fleet.SetHealth(_app.Chat, _app.Node(node), NodeHealth.Unhealthy, "test"));

    private void Drain(params string[] nodes) => Array.ForEach(
        nodes, node => _app.Fleet.SetAnnouncedDrain(_app.Chat, _app.Node(node), true));
}
