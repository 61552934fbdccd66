using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tests.Admin;

namespace WsBalancer.Proxy.Tests.Fleet;

/// <summary>The event that a scale-in waits for.</summary>
public sealed class LeavingEventTests : IAsyncLifetime
{
    private const string Left = "ws-1 has left: none of its tunnels is open here";

    private BalancerApp _app = null!;

    private string[] Messages => [.. _app.Get<BalancerEvents>().After(default)
        .Where(happened => happened.Kind == EventKind.Node).Select(happened => happened.Message)];

    public async ValueTask InitializeAsync()
    {
        _app = BalancerApp.Build(ChatSettings.OfNodes("ws-1", "ws-2"));
        await _app.StartAsync();
    }

    [Fact]
    public async Task NodeThatWasRemoved_HasLeftWithItsLastTunnel()
    {
        using var first = new TestTunnel(_app.Tunnels, _app.Node("ws-1"), "alice", _app.Time);
        using var last = new TestTunnel(_app.Tunnels, _app.Node("ws-1"), "bob", _app.Time);
        await _app.CallAsync("DELETE", "clusters/chat/nodes/ws-1");
        first.End();
        _app.Fleet.Sweep();
        Assert.Equal(["ws-1 leaves; 2 tunnels are open there"], Messages);

        last.End();
        await Deadline.Until("the event is there", () =>
        {
            _app.Time.Advance(TimeSpan.FromSeconds(1));
            return Messages.Length > 1;
        });

        Assert.Equal(["ws-1 leaves; 2 tunnels are open there", Left], Messages);
        var happened = _app.Get<BalancerEvents>().After(default)[^1];
        Assert.Equal(("chat", "ws-1"), (happened.Cluster, happened.Node));
    }

    // A GET of the clusters also removes nodes that have left.
    [Fact]
    public async Task NodeThatWasRemoved_HasLeftOnce()
    {
        using var tunnel = new TestTunnel(_app.Tunnels, _app.Node("ws-1"), "alice", _app.Time);
        await _app.CallAsync("DELETE", "clusters/chat/nodes/ws-1");
        tunnel.End();

        await _app.GetAsync("clusters");
        await _app.GetAsync("clusters");
        _app.Fleet.Sweep();

        Assert.Single(Messages, Left);
    }

    [Fact]
    public async Task NodeWithoutTunnels_HasLeftAtOnce()
    {
        await _app.CallAsync("DELETE", "clusters/chat/nodes/ws-1");

        Assert.Equal(["ws-1 leaves; 0 tunnels are open there", Left], Messages);
    }

    [Fact]
    public async Task NodeThatIsAddedAgain_HasNotLeft()
    {
        using var tunnel = new TestTunnel(_app.Tunnels, _app.Node("ws-1"), "alice", _app.Time);
        await _app.CallAsync("DELETE", "clusters/chat/nodes/ws-1");
        await _app.CallAsync("POST", "clusters/chat/nodes", """{"id":"ws-1","address":"http://ws-1.invalid/"}""");
        tunnel.End();

        _app.Fleet.Sweep();

        Assert.DoesNotContain(Left, Messages);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
