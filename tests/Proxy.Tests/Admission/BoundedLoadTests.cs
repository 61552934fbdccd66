using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Placement;

namespace WsBalancer.Proxy.Tests.Admission;

/// <summary>The placement of users under a bound on the load, and the messages about it.</summary>
public sealed class BoundedLoadTests : IAsyncDisposable
{
    private readonly LimitedCluster _cluster =
        new(["ws-1", "ws-2", "ws-3", "ws-4"], ("BoundedLoad", "1.25"), ("MaxTunnelsPerUser", "1000"));

    private readonly string _user;

    public BoundedLoadTests() => _user = _cluster.App.UserOf("ws-1", "ws-2", "ws-3", "ws-4");

    [Fact]
    public void WithinItsBound_TheHomeIsThePlace() => Expect("ws-1", "ws-1 is the owner and available");

    [Fact]
    public void OverItsBound_TheSecondIsThePlace()
    {
        Open("ws-1", 200);

        Expect(
            "ws-2",
            "ws-1 has reached its bound (200 tunnels, at most 92); "
                + "ws-2 is the next of the order that is available, and within its bound");
    }

    [Fact]
    public void BothOverTheirBounds_TheHomeIsThePlace()
    {
        Open("ws-1", 300);
        Open("ws-2", 300);

        Expect(
            "ws-1",
            "ws-1 is the owner and available; it has reached its bound (300 tunnels, at most 237), "
                + "but so has the next of the order, or there is none");
    }

    [Fact]
    public void HandshakesUnderWay_CountToo()
    {
        var places = Enumerable.Range(0, 200).Select(_ => _cluster.EnterAt("ws-1")).ToArray();
        Assert.Equal("ws-2", Placed().Next?.Id);

        Array.ForEach(places, place => place.Dispose());
        Assert.Equal("ws-1", Placed().Next?.Id);
    }

    [Fact]
    public void UnavailableNodes_AreSkipped()
    {
        _cluster.App.Fleet.SetHealth(_cluster.App.Chat, _cluster.App.Node("ws-2"), NodeHealth.Unhealthy, "test");
        Open("ws-1", 200);

        Expect(
            "ws-3",
            "ws-1 has reached its bound (200 tunnels, at most 117), ws-2 is unhealthy; "
                + "ws-3 is the next of the order that is available, and within its bound");
    }

    [Fact]
    public void LiveTunnel_PinsTheUser_WhateverTheLoad()
    {
        Open("ws-3", 200);
        using var live = _cluster.Open("ws-3", _user);

        Expect("ws-3", "ws-3 has the user's newest live tunnel, which is followed unless it is draining or silent");
        _cluster.App.Fleet.SetAnnouncedDrain(_cluster.App.Chat, _cluster.App.Node("ws-3"), true);
        Assert.Equal("ws-1", Placed().Next?.Id);
    }

    [Fact]
    public void AfterAFailedAttempt_TheOrderContinues()
    {
        Open("ws-1", 200);
        using var order = Order();

        Assert.Equal(
            ["ws-2", "ws-1", "ws-3", "ws-4"], Enumerable.Range(0, 4).Select(_ => order.Next()!.Id));
        Assert.False(order.Spilled);
        Assert.Null(order.Next());
    }

    [Fact]
    public void NodeThatJoins_DoesNotSpillTheUsersOfTheOthers()
    {
        Open("ws-1", 199);
        Open("ws-2", 200);
        Open("ws-3", 200);
        Open("ws-4", 200);
        var mine = _cluster.Open("ws-1");
        var settings = Enumerable.Range(5, 4).Aggregate(
            _cluster.Settings, (all, i) => all.WithNode($"ws-{i}", $"http://ws-{i}.invalid/"));
        _cluster.App.Apply(settings);
        var stays = _cluster.App.UserOf("ws-1");
        Assert.Equal("ws-5", Placed(_cluster.App.UserOf("ws-5")).Next?.Id);

        // The share of ws-1 is halved and its cap is 166, but a user that has disconnected may reconnect there.
        mine.End();
        Assert.Equal("ws-1", Placed(stays).Next?.Id);
        using var place = _cluster.EnterAt("ws-1");
        Assert.Equal("ws-5", Placed(_cluster.App.UserOf("ws-1", "ws-5")).Next?.Id);
    }

    [Fact]
    public async Task Limits_AreReportedWhereTheyWouldRefuse()
    {
        await using var limited = new LimitedCluster(("MaxTunnels", "1"));
        using var tunnel = limited.Open("ws-2");
        var placed = UserNodes.Of(
            limited.App.Chat, limited.App.Tunnels, limited.Control, limited.App.UserOf("ws-1"));

        Assert.Null(placed.Next);
        Assert.Equal(
            "a new tunnel would be refused with 503 (max_tunnels); "
                + "without that limit: ws-1 is the owner and available",
            placed.Reason);
    }

    [Fact]
    public async Task FullNodes_AreReportedAsFull()
    {
        await using var limited = new LimitedCluster(["ws-1", "ws-2"], ("MaxTunnelsPerNode", "1"));
        var user = limited.App.UserOf("ws-1", "ws-2");
        using var first = limited.EnterAt("ws-1");
        var placed = UserNodes.Of(limited.App.Chat, limited.App.Tunnels, limited.Control, user);
        Assert.Equal("ws-2", placed.Next?.Id);
        Assert.Equal("ws-1 is full; ws-2 is the first of the order that is available", placed.Reason);

        limited.App.Fleet.SetHealth(limited.App.Chat, limited.App.Node("ws-2"), NodeHealth.Unhealthy, "test");
        placed = UserNodes.Of(limited.App.Chat, limited.App.Tunnels, limited.Control, user);
        Assert.Equal("ws-2", placed.Next?.Id);
        Assert.Equal(
            "no node is available for lack of room or health; ws-2 is the first not draining or full",
            placed.Reason);

        using var second = limited.EnterAt("ws-2");
        placed = UserNodes.Of(limited.App.Chat, limited.App.Tunnels, limited.Control, user);
        Assert.Null(placed.Next);
        Assert.Equal("every node that is not draining is full", placed.Reason);
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private void Open(string node, int count)
    {
        for (; count > 0; count--)
        {
            _cluster.Open(node);
        }
    }

    private NodeOrder Order() => new(_cluster.App.Chat, _user, NodePreference.ForTunnel(
        _cluster.App.Chat, _user, _cluster.App.Tunnels, _cluster.Control, place: null));

    private UserNodes Placed(string? user = null) =>
        UserNodes.Of(_cluster.App.Chat, _cluster.App.Tunnels, _cluster.Control, user ?? _user);

    private void Expect(string next, string reason) =>
        Assert.Equal((next, reason), (Placed().Next?.Id, Placed().Reason));
}
