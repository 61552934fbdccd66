using WsBalancer.Proxy.Draining;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Health;
using WsBalancer.Proxy.Rebalancing;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tests.Closing;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Peers;

public sealed class TwoBalancersTests
{
    [Fact]
    public async Task Drain_IsShared_ProgressIsTheFleets_AndTheRateToo()
    {
        await using var both = await TwoBalancers.StartAsync("ws-1", "ws-2");
        both.One.OpenMany("ws-1", 100);
        both.Other.OpenMany("ws-1", 300, "other");
        await both.ShareAsync();

        var begun = await both.One.App.Get<DrainOperations>().BeginAsync(
            both.One.Chat, "ws-1", new DrainRequest { RatePerSecond = 40 }, null, Cancellation);
        Assert.Equal((400, 400, 40, 10), (
            begun.Status.Total, begun.Status.Remaining, begun.Status.RatePerSecond, begun.Status.EtaSeconds));
        await both.ShareAsync();

        await both.Until("a quarter", () => both.One.ClosingCount + both.Other.ClosingCount >= 100);

        // Each balancer closes its part of the tunnels, so that both finish at the same time.
        Assert.InRange(both.One.ClosingCount, 23, 27);
        Assert.InRange(both.Other.ClosingCount, 73, 77);
        await both.ShareAsync();
        var (one, other) = (Status(both.One, fleetWide: true), Status(both.Other, fleetWide: true));
        Assert.Equal((one.Remaining, one.Closed), (other.Remaining, other.Closed));
        Assert.Equal(400, one.Remaining + one.Closed);
        Assert.Equal(100 - both.One.ClosingCount, Status(both.One, fleetWide: false).Remaining);
        Assert.InRange(Status(both.One, fleetWide: false).RatePerSecond, 9.5, 10.5);

        await both.Until("everybody", () => Status(both.One, fleetWide: true).Remaining == 0);
    }

    [Fact]
    public async Task Rebalance_IsDone_OnceBothAre()
    {
        await using var both = await TwoBalancers.StartAsync("ws-1", "ws-2");
        OpenAway(both.One, 10);
        OpenAway(both.Other, 60);
        await both.ShareAsync();
        await both.One.App.Get<RebalanceOperations>().BeginAsync(both.One.Chat, 35, null, Cancellation);
        await both.ShareAsync();

        await both.Until("one's", () => both.One.ClosingCount == 10);
        Assert.Equal(RebalanceState.Running, both.One.App.Get<RebalanceOperations>().StateOf(both.One.Chat));
        await both.Until("the end", () => Rebalance(both.One).State == RebalanceState.Done);

        Assert.Equal(60, both.Other.ClosingCount);
        await both.ShareAsync();
        Assert.Equal((RebalanceState.Done, 0, 70), (
            Rebalance(both.Other).State, Rebalance(both.Other).Misplaced, Rebalance(both.Other).Closed));
    }

    [Fact]
    public async Task Blocked_OfTheOther_AreNoMoreThanAreStillMisplacedThere()
    {
        await using var both = await TwoBalancers.StartAsync("ws-1", "ws-2");
        OpenAway(both.Other, 3);
        both.Other.App.Fleet.SetHealth(both.Other.Chat, both.Other.Node("ws-1"), NodeHealth.Unhealthy, "test");
        await both.ShareAsync();
        await both.One.App.Get<RebalanceOperations>().BeginAsync(both.One.Chat, 35, null, Cancellation);
        await both.Until("the end", () => Rebalance(both.One).State == RebalanceState.Done);
        Assert.Equal((3, 3), (Rebalance(both.One).Misplaced, Rebalance(both.One).Blocked));

        both.Other.Tunnels[0].End();
        await both.ShareAsync();

        Assert.Equal((2, 2), (Rebalance(both.One).Misplaced, Rebalance(both.One).Blocked));
    }

    [Fact]
    public async Task Removal_WithADrain_ClosesTunnelsThatOnlyTheOtherHas()
    {
        await using var both = await TwoBalancers.StartAsync("ws-1", "ws-2");
        both.Other.OpenMany("ws-1", 20, "other");
        await both.ShareAsync();

        await both.One.App.Get<FleetChanges>().RemoveAsync(
            both.One.Chat, "ws-1", DrainOperations.ForRemoval(both.One.Chat), false, null, Cancellation);

        await both.Until("all", () => both.Other.ClosingCount == 20);
        await both.Until("it is gone", () => both.Other.Chat.Find("ws-1") is null);
    }

    [Fact]
    public async Task Rebalance_ThatStopsAtOne_StopsAtBoth()
    {
        await using var both = await TwoBalancers.StartAsync("ws-1", "ws-2");
        OpenAway(both.One, 50);
        OpenAway(both.Other, 50);
        await both.ShareAsync();
        await both.One.App.Get<RebalanceOperations>().BeginAsync(both.One.Chat, 20, null, Cancellation);
        await both.Until("some of both", () => both.One.ClosingCount > 1 && both.Other.ClosingCount > 1);

        for (var i = 0; i < 3; i++)
        {
            both.Other.App.Get<HandshakeOutcomes>().Failed(new NodeKey("chat", "ws-1"));
        }

        await both.Until("the stop", () => Rebalance(both.One).State == RebalanceState.Stopped);
        var closing = both.One.ClosingCount;
        both.One.App.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(closing, both.One.ClosingCount);
        Assert.Equal("3 handshakes in a row failed at ws-1", Rebalance(both.One).Reason);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static DrainStatus Status(Movers movers, bool fleetWide) =>
        movers.App.Get<DrainOperations>().StatusOf(movers.Node("ws-1"), fleetWide);

    private static RebalanceStatus Rebalance(Movers movers) =>
        movers.App.Get<RebalanceOperations>().StatusOf(movers.Chat, fleetWide: true);

    private static void OpenAway(Movers movers, int count)
    {
        var users = Enumerable.Range(0, int.MaxValue).Select(i => $"user-{i}")
            .Where(user => movers.Chat.Current.HomeOf(user)!.Id == "ws-1");
        foreach (var user in users.Take(count))
        {
            movers.Open("ws-2", user);
        }
    }
}
