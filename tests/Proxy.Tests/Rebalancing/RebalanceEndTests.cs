using WsBalancer.Proxy.Rebalancing;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tests.Closing;
using WsBalancer.Proxy.Tests.State;

namespace WsBalancer.Proxy.Tests.Rebalancing;

/// <summary>The decision that a rebalance has ended, and its effect on the other balancers.</summary>
public sealed class RebalanceEndTests
{
    private static readonly PeerReport WithoutClusters = new("0", new Dictionary<string, PeerCluster>());

    // Two balancers decided independently: the later record takes effect, and its rebalance has already ended.
    [Fact]
    public async Task Rebalance_SupersededByOneThatHasEnded_ClosesNothingMore()
    {
        await using var movers = await Movers.StartAsync("ws-1", "ws-2");
        OpenAway(movers, 100);
        await BeginAsync(movers, 20);
        await movers.Until("some", () => movers.ClosingCount >= 5);

        await movers.App.Get<StateStore>().ReceiveAsync(
        [
            new StateRecord(
                StateKey.Of("chat", StateKind.Rebalance),
                new StateVersion(100, "b"),
                new RebalanceValue("another", 20, RebalanceState.Cancelled, "cancelled by an operator")),
        ]);
        var closing = movers.ClosingCount;
        movers.App.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(closing, movers.ClosingCount);
        Assert.Contains("a later one took the place of the rebalance", movers.Events.Last(), StringComparison.Ordinal);
        Assert.Empty(movers.App.Get<RebalanceRegistry>().All);
    }

    [Fact]
    public async Task Balancer_WithoutTheCluster_IsNotWaitedFor()
    {
        await using var movers = await Movers.StartAsync("ws-1", "ws-2");
        movers.App.Get<PeerReports>().Update([WithoutClusters]);
        OpenAway(movers, 5);

        await BeginAsync(movers, 100);

        await movers.UntilEvent("the rebalance is done");
    }

    // Without reports of the others, a balancer must not end the rebalance when its own tunnels are moved: the end
    // would apply to all balancers.
    [Fact]
    public async Task Rebalance_WithoutReportsOfTheOthers_Continues()
    {
        await using var movers = await Movers.StartAsync("ws-1", "ws-2");
        movers.App.Get<PeerReports>().MarkUnknown();
        OpenAway(movers, 5);
        await BeginAsync(movers, 100);
        await movers.Until("all", () => movers.ClosingCount == 5);
        movers.App.Time.Advance(TimeSpan.FromMinutes(1));

        var status = movers.App.Get<RebalanceOperations>().StatusOf(movers.Chat, fleetWide: true);
        Assert.Equal(RebalanceState.Running, status.State);
        Assert.Contains("nothing is received from the other balancers", status.Reason, StringComparison.Ordinal);
        movers.App.Get<PeerReports>().Update([]);
        await movers.UntilEvent("the rebalance is done");
    }

    private static Task<RebalanceResult> BeginAsync(Movers movers, double rate) =>
        movers.App.Get<RebalanceOperations>().BeginAsync(
            movers.Chat, rate, null, TestContext.Current.CancellationToken);

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
