using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Rebalancing;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tests.Closing;
using WsBalancer.Proxy.Tests.State;

namespace WsBalancer.Proxy.Tests.Rebalancing;

public sealed class AutoRebalanceTests
{
    [Fact]
    public async Task Users_AreRebalancedAutomatically_OnceTheFleetIsStable()
    {
        await using var movers = await StartAsync("30s");
        await movers.UntilLooked();
        movers.OpenAtHome(60);
        await AddAsync(movers);
        var begun = movers.App.Time.GetTimestamp();

        await movers.UntilEvent("the rebalance is done");

        Assert.True(movers.App.Time.GetElapsedTime(begun) >= TimeSpan.FromSeconds(30), "too early");
        Assert.True(movers.ClosingCount > 0);
        Assert.All(movers.App.Tunnels.All, tunnel => Assert.False(Misplaced.Is(movers.Chat.Current, tunnel)));
        Assert.Equal(7, movers.App.Get<RebalanceOperations>().StatusOf(movers.Chat, fleetWide: true).RatePerSecond);
    }

    [Theory]
    [InlineData("off", "a")]
    [InlineData("30s", "z")]
    public async Task Rebalance_DoesNotBegin_WhereItIsOff_OrAtAnyButTheFirstBalancer(string after, string id)
    {
        await using var movers = await StartAsync(after, id);
        var other = new PeerReport("m", movers.App.Get<BalancerReport>().Read());
        movers.App.Get<PeerReports>().Update([other]);
        await movers.UntilLooked();
        movers.OpenAtHome(60);
        await AddAsync(movers);

        for (var i = 0; i < 60; i++)
        {
            movers.App.Time.Advance(TimeSpan.FromSeconds(1));
            await movers.UntilLooked();
        }

        Assert.Equal(RebalanceState.Idle, movers.App.Get<RebalanceOperations>().StateOf(movers.Chat));
    }

    [Fact]
    public async Task RebalanceThatCannotBeSaved_IsNoEvent()
    {
        using var folder = new StateFolderFixture();
        await using var movers = await Movers.StartAsync(Settings("30s").With("WsBalancer:State:Path", folder.Path));
        await movers.UntilLooked();
        movers.OpenAtHome(60);
        await AddAsync(movers);
        await folder.BlockAsync();
        await movers.UntilLooked();

        movers.App.Time.Advance(TimeSpan.FromMinutes(1));

        await Deadline.Until("it was tried", async () => await Record.ExceptionAsync(movers.UntilLooked) is not null);
        Assert.DoesNotContain(movers.Events, happened => happened.Contains("rebalance", StringComparison.Ordinal));
    }

    private static Task<Movers> StartAsync(string after, string id = "a") =>
        Movers.StartAsync(Settings(after), id);

    private static Dictionary<string, string?> Settings(string after) => ChatSettings.OfNodes("ws-1", "ws-2")
        .With(ChatSettings.Ours + "AutoRebalance:After", after)
        .With(ChatSettings.Ours + "AutoRebalance:RatePerSecond", "7");

    private static async Task AddAsync(Movers movers)
    {
        movers.App.Time.Advance(TimeSpan.FromMilliseconds(1));
        await movers.App.Get<FleetChanges>().AddAsync(
            movers.Chat,
            new NodeAddition("ws-3", "http://ws-3.invalid/", 1, null),
            null,
            TestContext.Current.CancellationToken);
        movers.App.Fleet.SetHealth(movers.Chat, movers.Node("ws-3"), NodeHealth.Healthy, "test");
    }
}
