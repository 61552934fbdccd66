using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Tests.Fleet;

public sealed class RegistrationsTests : IAsyncDisposable
{
    private static readonly TimeSpan RemoveAfter = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, string?> _settings = ChatSettings.OfNodes("ws-1", "ws-2");
    private readonly FakeSource _source = new();
    private readonly BalancerApp _app;

    public RegistrationsTests() => _app = BalancerApp.Build(
        _settings, services => services.AddSingleton<IMembershipSource>(_source));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private StateStore State => _app.Get<StateStore>();

    [Fact]
    public async Task Node_ThatIsNamed_Joins()
    {
        await NameAsync(Node("ws-3", weight: 2), Node("ws-9") with { Cluster = "other" });

        Assert.Equal(["ws-1@1 configured", "ws-2@1 configured", "ws-3@2 registered"], Nodes());
        Assert.Equal((2, NodeHealth.Unknown), (_app.Chat.Current.Epoch, _app.Node("ws-3").Health));
        Assert.Contains(
            _app.Get<BalancerEvents>().Recent, told => told.Message == "ws-3 joined with weight 2 (registered)");

        var before = _app.Chat.Current;
        await TakeOverAsync();
        Assert.Same(before.Ring, _app.Chat.Current.Ring);
    }

    [Fact]
    public async Task Node_AtAnotherAddress_KeepsItsUsers()
    {
        await NameAsync(Node("ws-3"));
        var (node, ring) = (_app.Node("ws-3"), _app.Chat.Current.Ring);

        await NameAsync(Node("ws-3", address: "http://moved.invalid/"));

        Assert.Same(node, _app.Node("ws-3"));
        Assert.Equal("http://moved.invalid/", node.Address);
        Assert.Equal("http://moved.invalid/", node.Destination.Model.Config.Address);
        Assert.Same(ring, _app.Chat.Current.Ring);
    }

    [Fact]
    public async Task Node_OfAnotherWeight_GetsItsShare()
    {
        await NameAsync(Node("ws-3"));
        await _app.Get<FleetChanges>().ReweighAsync(_app.Chat, "ws-3", 5, null, Cancellation);
        Assert.Contains("ws-3@5 registered", Nodes());

        await NameAsync(Node("ws-3", weight: 2));

        Assert.Contains("ws-3@2 registered", Nodes());
    }

    [Theory]
    [InlineData("ws-1")]
    [InlineData("ws-3")]
    public async Task Node_ThatSaysItDrains_Drains(string id)
    {
        await NameAsync(Node(id));

        await NameAsync(Node(id) with { IsDraining = true });
        Assert.Equal((NodeState.Drained, true), (_app.Node(id).State, _app.Node(id).DrainsItself));
        Assert.DoesNotContain(id, _app.Chat.Current.Nodes.Where(node => node.IsAvailable).Select(node => node.Id));

        await NameAsync(Node(id));
        Assert.Equal(NodeState.Active, _app.Node(id).State);
        Assert.Equal(2, _app.Logs.GetSnapshot().Count(record => record.Id.Id == 202));
    }

    [Fact]
    public async Task Node_ThatIsNoLongerNamed_IsUnhealthyAtOnceAndItsUsersAreStillItsOwn()
    {
        await NameAsync(Node("ws-3"));
        _app.Fleet.SetHealth(_app.Chat, _app.Node("ws-3"), NodeHealth.Healthy, "test");
        var ring = _app.Chat.Current.Ring;

        await NameAsync();
        Assert.Equal((NodeHealth.Unhealthy, true), (_app.Node("ws-3").Health, _app.Node("ws-3").IsLeaseLost));
        await AdvanceAsync(RemoveAfter);

        Assert.Same(ring, _app.Chat.Current.Ring);
        await NameAsync(Node("ws-3"));
        Assert.Same(ring, _app.Chat.Current.Ring);
        Assert.Equal(NodeHealth.Healthy, _app.Node("ws-3").Health);
        Assert.Equal(
            ["test", "its registration has run out", "it has registered itself again"],
            _app.Logs.GetSnapshot().Where(record => record.Id.Id == 201)
                .Select(record => record.GetStructuredStateValue("Why")));
    }

    [Fact]
    public async Task Probe_OfANodeThatIsLost_IsNoNews()
    {
        await NameAsync(Node("ws-3"));
        await NameAsync();

        _app.Fleet.SetHealth(_app.Chat, _app.Node("ws-3"), NodeHealth.Healthy, "test");

        Assert.Equal(NodeHealth.Unhealthy, _app.Node("ws-3").Health);
        Assert.Single(_app.Logs.GetSnapshot(), record => record.Id.Id == 201);
    }

    [Fact]
    public async Task Node_ThatStaysAway_IsRemovedAndNotBefore()
    {
        await NameAsync(Node("ws-3"));
        await NameAsync();
        await AdvanceAsync(RemoveAfter - TimeSpan.FromSeconds(1));
        Assert.Contains("ws-3@1 registered", Nodes());

        await AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.Equal(["ws-1@1 configured", "ws-2@1 configured"], Nodes());
        Assert.Empty(State.Of("chat"));
    }

    [Fact]
    public async Task Node_ThatWasBack_HasItsWholeTimeAgain()
    {
        await NameAsync(Node("ws-3"));
        await NameAsync();
        await AdvanceAsync(RemoveAfter - TimeSpan.FromSeconds(1));
        await NameAsync(Node("ws-3"));
        await NameAsync();

        await AdvanceAsync(RemoveAfter - TimeSpan.FromSeconds(1));

        Assert.Contains("ws-3@1 registered", Nodes());
    }

    [Fact]
    public async Task Source_ThatCannotTell_ChangesNothing()
    {
        await NameAsync(Node("ws-3"), Node("ws-4"));
        await NameAsync(Node("ws-3"));
        _source.Nodes = null;
        for (var i = 0; i < 3; i++)
        {
            await AdvanceAsync(RemoveAfter);
        }

        Assert.Equal((false, true), (_app.Node("ws-3").IsLeaseLost, _app.Node("ws-4").IsLeaseLost));

        // How long that node has really been away nobody knows.
        await NameAsync(Node("ws-3"));
        Assert.Contains("ws-4@1 registered", Nodes());
    }

    [Fact]
    public async Task File_GoesBeforeARegistration()
    {
        await NameAsync(Node("ws-1", weight: 9, address: "http://self.invalid/"));
        Assert.Equal(["ws-1@1 configured", "ws-2@1 configured"], Nodes());
        Assert.Equal(("http://ws-1.invalid/", 1), (_app.Node("ws-1").Address, _app.Chat.Current.Epoch));

        await NameAsync();
        Assert.False(_app.Node("ws-1").IsLeaseLost);
    }

    // Were it gone for the second until the next look, its users would move twice.
    [Fact]
    public async Task Node_ThatTheFileDrops_StaysForAsLongAsItRegisters()
    {
        await NameAsync(Node("ws-1"));
        var (node, ring) = (_app.Node("ws-1"), _app.Chat.Current.Ring);

        _app.Apply(_settings.WithoutNode("ws-1"));

        Assert.Equal(["ws-1@1 registered", "ws-2@1 configured"], Nodes());
        Assert.Same(node, _app.Node("ws-1"));
        Assert.Same(ring, _app.Chat.Current.Ring);
    }

    [Fact]
    public async Task Node_ThatTheFileNamesWhileItIsLost_IsHealthyAgain()
    {
        await NameAsync(Node("ws-3"));
        await NameAsync();

        _app.Apply(_settings.WithNode("ws-3", "http://ws-3.invalid/"));

        Assert.Equal((NodeHealth.Unknown, false), (_app.Node("ws-3").Health, _app.Node("ws-3").IsLeaseLost));
    }

    [Fact]
    public async Task Node_ThatAnOperatorRemoved_StaysAwayWhileItRegisters()
    {
        await NameAsync(Node("ws-3"));
        await _app.Get<FleetChanges>().RemoveAsync(_app.Chat, "ws-3", null, false, null, Cancellation);

        await NameAsync(Node("ws-3", weight: 4));
        Assert.Equal(["ws-1@1 configured", "ws-2@1 configured"], Nodes());

        await NameAsync();
        await AdvanceAsync(RemoveAfter + TimeSpan.FromSeconds(1));
        await NameAsync(Node("ws-3"));
        Assert.Contains("ws-3@1 registered", Nodes());
    }

    [Fact]
    public async Task Node_OfTheFileThatAnOperatorRemoved_StaysAwayThoughItRegisters()
    {
        await NameAsync(Node("ws-1"));
        await _app.Get<FleetChanges>().RemoveAsync(_app.Chat, "ws-1", null, false, null, Cancellation);

        _app.Apply(_settings.WithoutNode("ws-1"));
        await TakeOverAsync();

        Assert.Equal(["ws-2@1 configured"], Nodes());
    }

    [Fact]
    public async Task Node_ThatAnOperatorAdded_IsTheOperators()
    {
        await _app.Get<FleetChanges>().AddAsync(
            _app.Chat, new NodeAddition("ws-3", "http://added.invalid/"), null, Cancellation);

        await NameAsync(Node("ws-3"));

        Assert.Contains("ws-3@1 added", Nodes());
        Assert.Equal("http://added.invalid/", _app.Node("ws-3").Address);
    }

    [Theory]
    [InlineData("a b", "http://a/", 1, "its id is 'a b': expected letters, digits")]
    [InlineData("WS-1", "http://a/", 1, "its id 'WS-1' differs from that of node 'ws-1' only in case")]
    [InlineData("a", "a", 1, "its address is 'a': expected http://HOST:PORT/")]
    [InlineData("a", "http://a/", 70000, "its weight is 70000: expected a whole number")]
    public async Task Node_ThatIsNone_IsRefusedOnceAndHoldsNobodyUp(string id, string address, int weight, string why)
    {
        for (var i = 0; i < 3; i++)
        {
            await NameAsync(Node("ws-3"), new NamedNode("chat", id, address, weight, false));
        }

        Assert.Equal(["ws-1@1 configured", "ws-2@1 configured", "ws-3@1 registered"], Nodes());
        Assert.Contains(why, Assert.Single(Refusals()), StringComparison.Ordinal);
        Assert.Single(_app.Get<BalancerEvents>().Recent, told => told.Message.Contains(why, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nodes_ThatTheRingCannotTakeTogether_AreTakenAsFarAsItCan()
    {
        _app.Apply(_settings.With(ChatSettings.Ours + "Ring:Algorithm", "nginx"));

        await NameAsync(Node("ws-3", address: "http://same.invalid/"), Node("ws-4", address: "http://same.invalid/"));

        Assert.Equal(["ws-1@1 configured", "ws-2@1 configured", "ws-3@1 registered"], Nodes());
        Assert.Contains("'same.invalid:80'", Assert.Single(Refusals()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nodes_ThatChangePlaces_AreTakenTogether()
    {
        _app.Apply(_settings.With(ChatSettings.Ours + "Ring:Algorithm", "nginx"));
        await NameAsync(Node("ws-3", address: "http://one.invalid/"), Node("ws-4", address: "http://other.invalid/"));

        await NameAsync(Node("ws-3", address: "http://other.invalid/"), Node("ws-4", address: "http://one.invalid/"));

        var node = _app.Node("ws-3");
        Assert.Equal(("http://other.invalid/", "other.invalid:80"), (node.Address, node.RingKey));
        Assert.Empty(Refusals());
    }

    [Fact]
    public async Task Worker_LooksOnceASecondAndOutlivesFailures()
    {
        var worker = new RegistrationWorker(
            _app.Get<Registrations>(), _app.Time, _app.Get<ILogger<RegistrationWorker>>());
        _source.Failure = new OperationCanceledException("The answer took too long.");
        await worker.StartAsync(Cancellation);
        await _app.Time.Until(due => due == TimeSpan.FromSeconds(1), 1);
        for (var i = 1; i <= 3; i++)
        {
            var asked = _source.Asked;
            _app.Time.Advance(TimeSpan.FromSeconds(1));
            await Deadline.Until("it looked", () => _source.Asked > asked);
        }

        _source.Failure = null;
        _source.Nodes = [Node("ws-3")];
        _app.Time.Advance(TimeSpan.FromSeconds(1));

        await Deadline.Until("the node is there", () => _app.Chat.Find("ws-3") is not null);
        Assert.Single(_app.Logs.GetSnapshot(), record => record.Id.Id == 208);
        await worker.StopAsync(Cancellation);
    }

    [Fact]
    public void WithoutASource_ThereIsNothingToLookAt()
    {
        var registrations = new Registrations([], State, _app.Fleet, _app.Get<FleetNews>(), _app.Time);

        Assert.False(registrations.AnySource);
        Assert.True(_app.Get<Registrations>().AnySource);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static NamedNode Node(string id, int weight = 1, string? address = null) =>
        new("chat", id, address ?? $"http://{id}.invalid/", weight, IsDraining: false);

    private Task TakeOverAsync() => _app.Get<Registrations>().TakeOverAsync(Cancellation);

    private Task NameAsync(params NamedNode[] nodes)
    {
        _source.Nodes = nodes;
        return TakeOverAsync();
    }

    private Task AdvanceAsync(TimeSpan time)
    {
        _app.Time.Advance(time);
        return TakeOverAsync();
    }

    private IEnumerable<string> Nodes() => _app.Chat.Current.Nodes.Select(
        node => $"{node.Id}@{node.Weight} {NodeLabel.Of(node.Source)}");

    private IEnumerable<string> Refusals() =>
        _app.Logs.GetSnapshot().Where(record => record.Id.Id == 209).Select(record => record.Message);

    private sealed class FakeSource : IMembershipSource
    {
        private IReadOnlyList<NamedNode>? _nodes = [];

        public event Action? Changed;

        public Exception? Failure { get; set; }

        public int Asked { get; private set; }

        public IReadOnlyList<NamedNode>? Nodes
        {
            get
            {
                Asked++;
                return Failure is null ? _nodes : throw Failure;
            }

            set
            {
                _nodes = value;
                Changed?.Invoke();
            }
        }
    }
}
