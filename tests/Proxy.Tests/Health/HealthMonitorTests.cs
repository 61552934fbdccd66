using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Health;

namespace WsBalancer.Proxy.Tests.Health;

public sealed class HealthMonitorTests
{
    [Fact]
    public async Task Nodes_AreWatchedFromTheirAdditionToTheirRemoval()
    {
        await using var first = new TestNode("ws-1");
        await using var second = new TestNode("ws-2");
        var settings = ChatSettings.Of(("ws-1", first.Address));
        await using var app = await BalancerApp.StartAsync(settings);
        Assert.Equal(NodeHealth.Healthy, app.Node("ws-1").Health);

        app.Apply(settings.WithNode("ws-2", second.Address));
        await Deadline.Until("ws-2 healthy", () => app.Node("ws-2").Health == NodeHealth.Healthy);

        // Old watches end before new ones begin: when ws-3 has been probed, ws-1 is no longer watched.
        await using var third = new TestNode("ws-3");
        app.Apply(settings.WithoutNode("ws-1").WithNode("ws-2", second.Address).WithNode("ws-3", third.Address));
        await Deadline.Until("ws-3 healthy", () => app.Node("ws-3").Health == NodeHealth.Healthy);
        var seen = first.Connections;
        var old = second.Connections;
        app.Time.Advance(TimeSpan.FromSeconds(2.2));
        await Deadline.Until("another probe of ws-2", () => second.Connections > old);
        Assert.Equal(seen, first.Connections);
    }

    [Fact]
    public async Task Node_AtANewAddress_HasNoEarlierHealthNorDrain()
    {
        await using var old = new TestNode("old", refuses: true);
        await using var replacement = new TestNode("new");
        var settings = ChatSettings.Of(("ws-1", old.Address)).With(ChatSettings.Ours + "Health:Fall", "1");
        await using var app = await BalancerApp.StartAsync(settings);
        Assert.Equal(NodeHealth.Unhealthy, app.Node("ws-1").Health);
        app.Get<HealthMonitor>().Announced(app.Node("ws-1"));
        Assert.True(app.Node("ws-1").Status.AnnouncesDrain);

        app.Apply(settings.WithNode("ws-1", replacement.Address));

        await Deadline.Until("healthy", () => app.Node("ws-1").Health == NodeHealth.Healthy);
        Assert.False(app.Node("ws-1").Status.AnnouncesDrain);
    }

    [Fact]
    public async Task UsersConnects_CountAgainstTheirNodeOnly()
    {
        await using var first = new TestNode("ws-1");
        await using var second = new TestNode("ws-2");
        await using var app = await BalancerApp.StartAsync(
            ChatSettings.Of(("ws-1", first.Address), ("ws-2", second.Address)));
        var monitor = app.Get<HealthMonitor>();
        for (var i = 0; i < 3; i++)
        {
            monitor.ConnectFailed(app.Node("ws-1"), "refused");
        }

        Assert.Equal(
            (NodeHealth.Unhealthy, NodeHealth.Healthy), (app.Node("ws-1").Health, app.Node("ws-2").Health));
    }
}
