using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Peers;
using WsBalancer.Proxy.Rebalancing;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tests.Closing;

namespace WsBalancer.Proxy.Tests.Peers;

public sealed class AgreementTests
{
    [Theory]
    [InlineData(true, "other has another ring, 00c0ffee instead of ")]
    [InlineData(false, "other has other addresses of nodes, or other drains")]
    public async Task Difference_IsAnAlarmAfterFiveSeconds(bool ofRing, string message)
    {
        await using var movers = await Movers.StartAsync("ws-1", "ws-2");
        var own = movers.App.Get<BalancerReport>().Read()["chat"];
        var differing = ofRing ? own with { Fingerprint = "00c0ffee00" } : own with { StateHash = "x" };
        Receive(movers, differing);
        Assert.Equal(0, await GaugeAsync(movers));

        await movers.UntilEvent(message);
        Assert.StartsWith(message, movers.App.Get<Agreement>().DisputeIn("CHAT"), StringComparison.Ordinal);
        Assert.Equal(1, await GaugeAsync(movers));
        var refused = await Assert.ThrowsAsync<RefusedException>(() => movers.App.Get<RebalanceOperations>().BeginAsync(
            movers.Chat, null, null, TestContext.Current.CancellationToken));
        Assert.Equal(RefusalKind.Conflict, refused.Kind);

        Receive(movers, own);
        await movers.UntilEvent("the balancers agree again");
        Assert.Null(movers.App.Get<Agreement>().DisputeIn("chat"));
        Assert.Equal(0, await GaugeAsync(movers));
    }

    [Fact]
    public async Task Rebalance_ThatRuns_StopsWhenBalancersDisagree()
    {
        await using var movers = await Movers.StartAsync("ws-1", "ws-2");
        var user = Enumerable.Range(0, 1_000).Select(i => $"user-{i}")
            .Where(user => movers.Chat.Current.HomeOf(user)!.Id == "ws-1")
            .Take(100)
            .Select(user => movers.Open("ws-2", user))
            .ToList();
        var own = movers.App.Get<BalancerReport>().Read()["chat"];
        Receive(movers, own);
        await movers.App.Get<RebalanceOperations>().BeginAsync(
            movers.Chat, 1, null, TestContext.Current.CancellationToken);

        Receive(movers, own with { Fingerprint = "other" });
        await movers.UntilEvent("the rebalance stopped: other has another ring");

        Assert.InRange(user.Count(Movers.WasSentClose), 1, 20);
    }

    [Fact]
    public async Task Balancer_WithoutTheCluster_HasNothingToDisagreeWith()
    {
        await using var movers = await Movers.StartAsync("ws-1", "ws-2");
        movers.App.Get<PeerReports>().Update([new PeerReport("other", new Dictionary<string, PeerCluster>())]);
        var agreement = movers.App.Get<Agreement>();
        agreement.Compare();
        movers.App.Time.Advance(TimeSpan.FromSeconds(10));
        agreement.Compare();

        Assert.Null(agreement.DisputeIn("chat"));
    }

    private static async Task<double?> GaugeAsync(Movers movers) =>
        (await movers.ScrapeAsync())["wsbalancer_disagreement{cluster=\"chat\"}"];

    private static void Receive(Movers movers, PeerCluster reported) => movers.App.Get<PeerReports>().Update(
        [new PeerReport("other", new Dictionary<string, PeerCluster> { ["chat"] = reported })]);
}
