using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.Admin;

/// <summary>The scope of counts: one balancer, or all that share Redis.</summary>
public sealed class ScopeTests : IAsyncLifetime
{
    private BalancerApp _app = null!;

    public async ValueTask InitializeAsync()
    {
        _app = BalancerApp.Build(ChatSettings.OfNodes("ws-1", "ws-2"));
        await _app.StartAsync();
        _app.Get<PeerReports>().Update([Peer("b", 10, 2), Peer("c", 5, 1)]);
    }

    [Fact]
    public async Task Tunnels_OfANode_AreThoseOfTheFleet()
    {
        using var tunnel = new TestTunnel(_app.Tunnels, _app.Node("ws-1"), _app.UserOf("ws-2"), _app.Time);

        Assert.Equal(["ws-1 16 4", "ws-2 0 0"], await NodesAsync("", "id", "tunnels", "misplaced"));
        Assert.Equal(["ws-1 16 4", "ws-2 0 0"], await NodesAsync("?scope=fleet", "id", "tunnels", "misplaced"));
        Assert.Equal(["ws-1 1 1", "ws-2 0 0"], await NodesAsync("?scope=local", "id", "tunnels", "misplaced"));
    }

    [Fact]
    public async Task Node_IsDrainedWhenItsLastTunnelAnywhereHasEnded()
    {
        _app.Fleet.SetAnnouncedDrain(_app.Chat, _app.Node("ws-1"), true);

        Assert.Equal(["draining", "active"], await NodesAsync("", "state"));
        Assert.Equal(["drained", "active"], await NodesAsync("?scope=local", "state"));
        _app.Get<PeerReports>().Update([]);
        Assert.Equal(["drained", "active"], await NodesAsync("", "state"));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static PeerReport Peer(string id, long tunnels, long misplaced) => new(
        id,
        new Dictionary<string, PeerCluster>
        {
            ["chat"] = new(
                "", "", new Dictionary<string, PeerNode> { ["ws-1"] = new(tunnels, misplaced, null) }, null),
        });

    private async Task<IReadOnlyList<string>> NodesAsync(string query, params string[] names) =>
        [.. (await _app.GetAsync("clusters" + query)).Json[0].GetProperty("nodes").EnumerateArray()
            .Select(node => AdminAnswer.LineOf(node, names))];
}
