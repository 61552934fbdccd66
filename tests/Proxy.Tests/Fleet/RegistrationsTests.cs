using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Telemetry;
using static WsBalancer.Proxy.Tests.Fleet.RegisteringNodes;

namespace WsBalancer.Proxy.Tests.Fleet;

public sealed class RegistrationsTests : IAsyncDisposable
{
    private readonly RegisteringNodes _nodes = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private BalancerApp App => _nodes.App;

    [Fact]
    public async Task Node_ThatIsNamed_Joins()
    {
        await _nodes.NameAsync(Node("ws-3", weight: 2), Node("ws-9") with { Cluster = "other" });

        Assert.Equal(["ws-1@1 configured", "ws-2@1 configured", "ws-3@2 registered"], _nodes.Nodes());
        Assert.Equal((2, NodeHealth.Unknown), (App.Chat.Current.Epoch, App.Node("ws-3").Health));
        Assert.Contains(
            App.Get<BalancerEvents>().Recent,
            published => published.Message == "ws-3 joined with weight 2 (registered)");

        var before = App.Chat.Current;
        await _nodes.TakeOverAsync();
        Assert.Same(before.Ring, App.Chat.Current.Ring);
    }

    [Fact]
    public async Task Node_AtAnotherAddress_KeepsItsUsers()
    {
        await _nodes.NameAsync(Node("ws-3"));
        var (node, ring) = (App.Node("ws-3"), App.Chat.Current.Ring);

        await _nodes.NameAsync(Node("ws-3", address: "http://moved.invalid/"));

        Assert.Same(node, App.Node("ws-3"));
        Assert.Equal("http://moved.invalid/", node.Address);
        Assert.Equal("http://moved.invalid/", node.Destination.Model.Config.Address);
        Assert.Same(ring, App.Chat.Current.Ring);
    }

    [Fact]
    public async Task Node_OfAnotherWeight_GetsItsShare()
    {
        await _nodes.NameAsync(Node("ws-3"));
        await App.Get<FleetChanges>().ReweighAsync(App.Chat, "ws-3", 5, null, Cancellation);
        Assert.Contains("ws-3@5 registered", _nodes.Nodes());

        await _nodes.NameAsync(Node("ws-3", weight: 2));

        Assert.Contains("ws-3@2 registered", _nodes.Nodes());
    }

    [Theory]
    [InlineData("ws-1")]
    [InlineData("ws-3")]
    public async Task Node_ThatAnnouncesItsDrain_Drains(string id)
    {
        await _nodes.NameAsync(Node(id));

        await _nodes.NameAsync(Node(id) with { IsDraining = true });
        Assert.Equal((NodeState.Drained, true), (App.Node(id).State, App.Node(id).Status.DrainsItself));
        Assert.DoesNotContain(id, App.Chat.Current.Nodes.Where(node => node.IsAvailable).Select(node => node.Id));

        await _nodes.NameAsync(Node(id));
        Assert.Equal(NodeState.Active, App.Node(id).State);
        Assert.Equal(2, App.Logs.GetSnapshot().Count(record => record.Id.Id == 202));
    }

    [Fact]
    public async Task File_HasPrecedenceOverARegistration()
    {
        await _nodes.NameAsync(Node("ws-1", weight: 9, address: "http://self.invalid/"));
        Assert.Equal(["ws-1@1 configured", "ws-2@1 configured"], _nodes.Nodes());
        Assert.Equal(("http://ws-1.invalid/", 1), (App.Node("ws-1").Address, App.Chat.Current.Epoch));

        await _nodes.NameAsync();
        Assert.False(App.Node("ws-1").Status.IsRegistrationExpired);
    }

    // If the node left for the second until the next look, its users would move twice.
    [Fact]
    public async Task Node_ThatTheFileDrops_StaysForAsLongAsItRegisters()
    {
        await _nodes.NameAsync(Node("ws-1"));
        var (node, ring) = (App.Node("ws-1"), App.Chat.Current.Ring);

        App.Apply(_nodes.Settings.WithoutNode("ws-1"));

        Assert.Equal(["ws-1@1 registered", "ws-2@1 configured"], _nodes.Nodes());
        Assert.Same(node, App.Node("ws-1"));
        Assert.Same(ring, App.Chat.Current.Ring);
    }

    [Fact]
    public async Task Node_ThatAnOperatorRemoved_StaysRemovedWhileItRegisters()
    {
        await _nodes.NameAsync(Node("ws-3"));
        await App.Get<FleetChanges>().RemoveAsync(App.Chat, "ws-3", null, false, null, Cancellation);

        await _nodes.NameAsync(Node("ws-3", weight: 4));
        Assert.Equal(["ws-1@1 configured", "ws-2@1 configured"], _nodes.Nodes());

        await _nodes.NameAsync();
        await _nodes.AdvanceAsync(TimeSpan.FromMinutes(11));
        await _nodes.NameAsync(Node("ws-3"));
        Assert.Contains("ws-3@1 registered", _nodes.Nodes());
    }

    [Fact]
    public async Task Node_OfTheFileThatAnOperatorRemoved_StaysRemovedThoughItRegisters()
    {
        await _nodes.NameAsync(Node("ws-1"));
        await App.Get<FleetChanges>().RemoveAsync(App.Chat, "ws-1", null, false, null, Cancellation);

        App.Apply(_nodes.Settings.WithoutNode("ws-1"));
        await _nodes.TakeOverAsync();

        Assert.Equal(["ws-2@1 configured"], _nodes.Nodes());
    }

    [Fact]
    public async Task Node_ThatAnOperatorAdded_IsTheOperators()
    {
        await App.Get<FleetChanges>().AddAsync(
            App.Chat, new NodeAddition("ws-3", "http://added.invalid/"), null, Cancellation);

        await _nodes.NameAsync(Node("ws-3"));

        Assert.Contains("ws-3@1 added", _nodes.Nodes());
        Assert.Equal("http://added.invalid/", App.Node("ws-3").Address);
    }

    [Theory]
    [InlineData("a b", "http://a/", 1, "its id is 'a b': expected letters, digits")]
    [InlineData("WS-1", "http://a/", 1, "its id 'WS-1' differs from that of node 'ws-1' only in case")]
    [InlineData("a", "a", 1, "its address is 'a': expected http://HOST:PORT/")]
    [InlineData("a", "http://a/", 70000, "its weight is 70000: expected a whole number")]
    public async Task Node_ThatIsInvalid_IsRefusedOnceAndBlocksNone(string id, string address, int weight, string why)
    {
        for (var i = 0; i < 3; i++)
        {
            await _nodes.NameAsync(Node("ws-3"), new NamedNode("chat", id, address, weight, false));
        }

        Assert.Equal(["ws-1@1 configured", "ws-2@1 configured", "ws-3@1 registered"], _nodes.Nodes());
        Assert.Contains(why, Assert.Single(Refusals()), StringComparison.Ordinal);
        Assert.Single(
            App.Get<BalancerEvents>().Recent, published => published.Message.Contains(why, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nodes_ThatTheRingCannotTakeTogether_AreTakenAsFarAsItCan()
    {
        App.Apply(_nodes.Settings.With(ChatSettings.Ours + "Ring:Algorithm", "nginx"));

        await _nodes.NameAsync(
            Node("ws-3", address: "http://same.invalid/"),
            Node("ws-4", address: "http://same.invalid/"));

        Assert.Equal(["ws-1@1 configured", "ws-2@1 configured", "ws-3@1 registered"], _nodes.Nodes());
        Assert.Contains("'same.invalid:80'", Assert.Single(Refusals()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nodes_ThatChangePlaces_AreTakenTogether()
    {
        App.Apply(_nodes.Settings.With(ChatSettings.Ours + "Ring:Algorithm", "nginx"));
        await _nodes.NameAsync(
            Node("ws-3", address: "http://one.invalid/"),
            Node("ws-4", address: "http://other.invalid/"));

        await _nodes.NameAsync(
            Node("ws-3", address: "http://other.invalid/"),
            Node("ws-4", address: "http://one.invalid/"));

        var node = App.Node("ws-3");
        Assert.Equal(("http://other.invalid/", "other.invalid:80"), (node.Address, node.Status.RingKey));
        Assert.Empty(Refusals());
    }

    public ValueTask DisposeAsync() => _nodes.DisposeAsync();

    private IEnumerable<string> Refusals() =>
        App.Logs.GetSnapshot().Where(record => record.Id.Id == 209).Select(record => record.Message);
}
