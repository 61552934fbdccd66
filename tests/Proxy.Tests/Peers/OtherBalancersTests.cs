using WsBalancer.Proxy.Peers;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.Peers;

/// <summary>Ids of nodes that differ only in case, as when one node leaves while the other one joins.</summary>
public sealed class OtherBalancersTests : IAsyncDisposable
{
    private readonly BalancerApp _app = BalancerApp.Build(ChatSettings.OfNodes("WS-1"));

    private OtherBalancers Others => _app.Get<OtherBalancers>();

    [Fact]
    public void Drain_OfANodeHere_IsThatOfExactlyThisId()
    {
        Receive([("ws-1", 4), ("WS-1", 2)], [("WS-1", 3)], [("ws-1", 6)]);

        Assert.Equal(5, Others.RemainingOn(_app.Node("WS-1")));
    }

    [Theory]
    [InlineData("chat", "ws-1", 10)]
    [InlineData("chat", "WS-1", 5)]
    [InlineData("chat", "Ws-1", 0)]
    [InlineData("other", "ws-1", 0)]
    public void Drain_OfAnId_IsThatOfExactlyThisId(string cluster, string requested, long remaining)
    {
        Receive([("WS-1", 2)], [("ws-1", 4), ("WS-1", 3)], [("ws-1", 6)]);

        Assert.Equal(remaining, Others.DrainOf(cluster, requested).Remaining);
    }

    [Fact]
    public void Nodes_WithTunnels_AreThoseWithOneAtAnyBalancer()
    {
        Receive([("ws-1", 0), ("ws-2", 0), ("WS-1", 0)], [("ws-1", 2)]);

        Assert.Equal(["ws-1"], Others.NodesWithTunnels("chat").Distinct());
        Assert.Empty(Others.NodesWithTunnels("other"));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Receive(params (string Node, long Tunnels)[][] balancers) => _app.Get<PeerReports>().Update(
    [
        .. balancers.Select((nodes, index) => new PeerReport(
            $"other-{index}",
            new Dictionary<string, PeerCluster>
            {
                ["chat"] = new(
                    "", "", nodes.ToDictionary(node => node.Node, node => new PeerNode(node.Tunnels, 0, null)), null),
            })),
    ]);
}
