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
    [InlineData("ws-1", "ws-1", 10)]
    [InlineData("WS-1", "WS-1", 5)]
    [InlineData("Ws-1", "WS-1", 5)]
    public void Drain_OfAnId_IsThatOfTheNodeAsReported(string requested, string reported, long remaining)
    {
        Receive([("WS-1", 2)], [("ws-1", 4), ("WS-1", 3)], [("ws-1", 6)]);

        var (node, part) = Others.DrainOf("chat", requested)!.Value;

        Assert.Equal((reported, remaining), (node, part.Remaining));
    }

    [Fact]
    public void Drain_OfAnIdThatIsNotReported_IsNull()
    {
        Receive([("ws-1", 2)]);

        Assert.Null(Others.DrainOf("chat", "ws-2"));
        Assert.Null(Others.DrainOf("other", "ws-1"));
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
