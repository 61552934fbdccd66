using WsBalancer.Proxy.Draining;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.Draining;

public sealed class NodeIdTests
{
    [Fact]
    public async Task Id_OfADrainingNode_IsFoundWithoutBeginningItsDrain()
    {
        await using var app = BalancerApp.Build(ChatSettings.OfNodes("ws-1", "ws-2"));
        app.Fleet.SetAnnouncedDrain(app.Chat, app.Node("ws-1"), true);

        Assert.Equal("ws-1", app.Get<DrainOperations>().NodeIdOf(app.Chat, "WS-1"));

        Assert.Null(app.Get<DrainRegistry>().Find(app.Node("ws-1")));
    }

    [Theory]
    [InlineData("WS-1", "WS-1")]
    [InlineData("ws-1", "ws-1")]
    [InlineData("Ws-1", "WS-1")]
    [InlineData("WS-2", "ws-2")]
    public async Task Id_IsTheExactOneAtAnyBalancer_OrElseASimilarOne(string requested, string found)
    {
        await using var app = BalancerApp.Build(ChatSettings.OfNodes("WS-1"));
        app.Get<PeerReports>().Update(
        [
            new PeerReport("other", new Dictionary<string, PeerCluster>
            {
                ["chat"] = new(
                    "",
                    "",
                    new Dictionary<string, PeerNode> { ["ws-1"] = new(3, 0, null), ["ws-2"] = new(4, 0, null) },
                    null),
            }),
        ]);

        Assert.Equal(found, app.Get<DrainOperations>().NodeIdOf(app.Chat, requested));
    }

    [Theory]
    [InlineData("ws-1", "ws-1")]
    [InlineData("Ws-1", "WS-1")]
    public async Task Id_IsTheExactOneOfARecord_WhileTheOtherBalancersAreNotKnown(string requested, string found)
    {
        await using var app = BalancerApp.Build(ChatSettings.OfNodes("WS-1"));
        await app.Get<StateStore>().WriteAsync(
            [new StateChange(StateKey.Of("chat", StateKind.Removal, "ws-1"), new RemovalValue(true, null))],
            TestContext.Current.CancellationToken);
        app.Get<RedisStatus>().Where = "redis:6379";
        app.Get<PeerReports>().MarkUnknown();

        Assert.Equal(found, app.Get<DrainOperations>().NodeIdOf(app.Chat, requested));
    }

    [Fact]
    public async Task Id_ThatNoBalancerHas_IsRefused()
    {
        await using var app = BalancerApp.Build(ChatSettings.OfNodes("ws-1"));

        var refused = Assert.Throws<RefusedException>(
            () => app.Get<DrainOperations>().NodeIdOf(app.Chat, "ws-2"));

        Assert.Equal(RefusalKind.Unknown, refused.Kind);
    }
}
