using WsBalancer.Proxy.Draining;
using WsBalancer.Proxy.Fleet;

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

    [Fact]
    public async Task Id_ThatNoBalancerHas_IsRefused()
    {
        await using var app = BalancerApp.Build(ChatSettings.OfNodes("ws-1"));

        var refused = Assert.Throws<RefusedException>(
            () => app.Get<DrainOperations>().NodeIdOf(app.Chat, "ws-2"));

        Assert.Equal(RefusalKind.Unknown, refused.Kind);
    }
}
