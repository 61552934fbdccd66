using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Placement;

namespace WsBalancer.Proxy.Tests.Placement;

public sealed class NodeOrderTests : IAsyncDisposable
{
    private readonly Dictionary<string, string?> _settings = ChatSettings.OfNodes("ws-1", "ws-2", "ws-3", "ws-4");
    private readonly BalancerApp _app;
    private readonly string _user;

    public NodeOrderTests()
    {
        _app = BalancerApp.Build(_settings);
        _user = _app.UserOf("ws-1", "ws-2", "ws-3", "ws-4");
    }

    [Fact]
    public void AllAvailable_IsTheUsersOrder() => Assert.Equal("ws-1 ws-2 ws-3 ws-4", Order());

    [Fact]
    public void Unhealthy_FollowTheAvailable()
    {
        Fall("ws-1", "ws-3");

        Assert.Equal("ws-2 ws-4 ws-1 ws-3", Order());
    }

    [Fact]
    public void AllUnhealthy_AreTriedAnyway()
    {
        Fall("ws-1", "ws-2", "ws-3", "ws-4");

        Assert.Equal("ws-1 ws-2 ws-3 ws-4", Order());
    }

    [Fact]
    public void Draining_AreNeverTried()
    {
        Drain("ws-1", "ws-4");
        Fall("ws-2");
        Assert.Equal("ws-3 ws-2", Order());

        Drain("ws-2", "ws-3");
        Assert.Equal("", Order());
    }

    [Fact]
    public void Weightless_AreNeverTried()
    {
        _app.Apply(_settings.WithWeight("ws-1", 0));

        Assert.Equal("ws-2 ws-3 ws-4", Order());
        Fall("ws-2", "ws-3", "ws-4");
        Assert.Equal("ws-2 ws-3 ws-4", Order());
    }

    [Fact]
    public void StateThatChangesBetweenAttempts_CountsForTheNext()
    {
        using var order = new NodeOrder(_app.Chat, _user);
        Assert.Equal("ws-1", order.Next()?.Id);
        Fall("ws-2");
        Drain("ws-3");

        Assert.Equal("ws-4", order.Next()?.Id);
        Assert.Equal("ws-2", order.Next()?.Id);
        Assert.Null(order.Next());
    }

    [Fact]
    public void NodeThatIsRemovedInBetween_IsNotTriedAgain()
    {
        using var order = new NodeOrder(_app.Chat, _user);
        Assert.Equal("ws-1", order.Next()?.Id);
        _app.Apply(_settings.WithoutNode("ws-1").WithoutNode("ws-2"));

        Assert.Equal("ws-3", order.Next()?.Id);
        Assert.Equal("ws-4", order.Next()?.Id);
        Assert.Null(order.Next());
    }

    [Fact]
    public void FollowLive_PrefersTheNodeOfTheNewestTunnel()
    {
        using var older = new TestTunnel(_app.Tunnels, _app.Node("ws-3"), _user, _app.Time);
        using var newest = new TestTunnel(_app.Tunnels, _app.Node("ws-4"), _user, _app.Time);

        Assert.Equal("ws-4 ws-1 ws-2 ws-3", Order(follow: true));
        Fall("ws-4");
        Assert.Equal("ws-4 ws-1 ws-2 ws-3", Order(follow: true));
        Drain("ws-4");
        Assert.Equal("ws-1 ws-2 ws-3", Order(follow: true));
    }

    [Fact]
    public void FollowLive_DoesNotLeadToANodeWithoutWeight()
    {
        using var tunnel = new TestTunnel(_app.Tunnels, _app.Node("ws-4"), _user, _app.Time);
        _app.Apply(_settings.WithWeight("ws-4", 0));

        Assert.Equal("ws-1 ws-2 ws-3", Order(follow: true));
    }

    [Fact]
    public void RequestWithoutAUser_IsSpreadByWeight()
    {
        _app.Apply(_settings.WithWeight("ws-4", 3));
        Fall("ws-1");
        const int Draws = 6_000;
        var counts = Enumerable.Range(0, Draws)
            .Select(_ => new NodeOrder(_app.Chat, user: null).Next()!.Id)
            .CountBy(id => id)
            .ToDictionary();

        Assert.False(counts.ContainsKey("ws-1"));
        foreach (var (id, part) in (ReadOnlySpan<(string, double)>)[("ws-2", 0.2), ("ws-3", 0.2), ("ws-4", 0.6)])
        {
            // The ring's shares are within 1 % of the weights; the draws add six standard deviations.
            var mean = Draws * part;
            var tolerance = (0.01 * mean) + (6 * Math.Sqrt(mean * (1 - part)));
            Assert.InRange(counts[id], mean - tolerance, mean + tolerance);
        }
    }

    [Fact]
    public void RequestWithoutAUser_TriesEveryNodeOnce()
    {
        using var order = new NodeOrder(_app.Chat, user: null);

        Assert.Equal(
            ["ws-1", "ws-2", "ws-3", "ws-4"],
            Enumerable.Range(0, 4).Select(_ => order.Next()!.Id).Order());
        Assert.Null(order.Next());
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private string Order(bool follow = false)
    {
        using var order = new NodeOrder(
            _app.Chat, _user, follow ? new NodePreference(_app.Tunnels.Of("chat", _user)) : null);
        var ids = new List<string>();
        while (order.Next() is { } node)
        {
            ids.Add(node.Id);
        }

        return string.Join(' ', ids);
    }

    private void Fall(params string[] nodes) => Array.ForEach(
        nodes, node => _app.Fleet.SetHealth(_app.Chat, _app.Node(node), NodeHealth.Unhealthy, "test"));

    private void Drain(params string[] nodes) => Array.ForEach(
        nodes, node => _app.Fleet.SetAnnouncedDrain(_app.Chat, _app.Node(node), true));
}
