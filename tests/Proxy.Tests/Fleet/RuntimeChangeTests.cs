using Microsoft.Extensions.DependencyInjection;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.Fleet;

/// <summary>The effect of records on the fleet, whatever their source, also of records that do not fit.</summary>
public sealed class RuntimeChangeTests : IAsyncDisposable
{
    private static readonly DrainValue Drain = new("d-1", 100, 600, 1012);

    private readonly Dictionary<string, string?> _settings = ChatSettings.OfNodes("ws-1", "ws-2", "ws-3");
    private readonly BalancerApp _app;

    public RuntimeChangeTests() => _app = BalancerApp.Build(_settings);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private StateStore State => _app.Get<StateStore>();

    [Fact]
    public async Task Drain_BeginsChangesAndEnds()
    {
        var published = new List<string?>();
        _app.Fleet.NodeChanged += (_, node) => published.Add($"{node.Id} {node.OperatorDrain?.RatePerSecond}");
        var homesChangedAt = _app.Chat.HomesChangedAt;
        _app.Time.Advance(TimeSpan.FromSeconds(1));

        await WriteAsync(StateKind.Drain, "ws-1", Drain);
        var (homes, ring) = (_app.Chat.HomesChangedAt, _app.Chat.Current.Ring);
        Assert.True(homes > homesChangedAt);
        Assert.Equal((NodeState.Drained, 2), (_app.Node("ws-1").State, _app.Chat.Current.NotDraining.Count));
        _app.Time.Advance(TimeSpan.FromSeconds(1));
        await WriteAsync(StateKind.Drain, "ws-1", Drain with { RatePerSecond = 7 });
        await WriteAsync(StateKind.Drain, "ws-2", Drain with { RatePerSecond = 7 }, "CHAT");
        await WriteAsync(StateKind.Drain, "ws-1", null);

        Assert.Equal(["ws-1 100", "ws-1 7", "ws-2 7", "ws-1 "], published);
        Assert.True(_app.Chat.HomesChangedAt > homes);
        Assert.Same(ring, _app.Chat.Current.Ring);
        Assert.Equal(1, _app.Chat.Current.Epoch);
    }

    [Fact]
    public async Task Rebalance_IsNoChangeOfTheFleet()
    {
        var before = _app.Chat.Current;
        var published = 0;
        _app.Fleet.Reconfigured += () => published++;

        await WriteAsync(StateKind.Rebalance, "", new RebalanceValue("r", 1, RebalanceState.Running, null));

        Assert.Same(before, _app.Chat.Current);
        Assert.Equal(0, published);
    }

    // A subscriber may wait for another thread that uses the fleet.
    [Fact]
    public void Events_AreRaisedOutsideOfTheLocks()
    {
        var done = new List<bool>();
        void RunConcurrently() => done.Add(Task.Run(async () =>
        {
            _app.Fleet.SetHealth(_app.Chat, _app.Node("ws-2"), NodeHealth.Unhealthy, "test");
            await WriteAsync(StateKind.Drain, "ws-2", Drain with { Operation = $"d-{done.Count}" });
        }).Wait(Deadline.Default));
        Action<FleetCluster, RingChangeRecord> once = (_, _) => RunConcurrently();
        _app.Fleet.RingChanged += once;

        _app.Apply(_settings.WithoutNode("ws-1"));

        Assert.Equal([true], done);
    }

    [Fact]
    public async Task AddressAndWeight_OfOneChange_BothTakeEffect()
    {
        await WriteAsync(StateKind.Member, "ws-4", new MemberValue(MemberOrigin.Added, "http://one.invalid/", 1));
        _app.Fleet.SetHealth(_app.Chat, _app.Node("ws-4"), NodeHealth.Unhealthy, "test");

        await WriteAsync(StateKind.Member, "ws-4", new MemberValue(MemberOrigin.Added, "http://two.invalid/", 3));

        Assert.Equal((3, NodeHealth.Unknown), (_app.Node("ws-4").Weight, _app.Node("ws-4").Health));
        Assert.Contains(
            _app.Logs.GetSnapshot(), record => record.Message == "Cluster 'chat': ws-4 has weight 3 instead of 1.");
    }

    [Fact]
    public async Task Node_WithTunnels_ThatIsBack_IsNewAndKeepsThem()
    {
        using var tunnel = new TestTunnel(_app.Tunnels, _app.Node("ws-3"), "alice", _app.Time);
        await WriteAsync(StateKind.Removal, "ws-3", new RemovalValue(true, null));
        var node = Assert.Single(_app.Chat.Current.Leaving).Node;
        _app.Time.Advance(TimeSpan.FromMinutes(1));

        await WriteAsync(StateKind.Removal, "ws-3", null);

        Assert.Same(node, _app.Node("ws-3"));
        Assert.Equal((1, NodeState.Active), (node.Ledger.Active, node.State));
    }

    [Fact]
    public async Task Find_PrefersTheRequestedSpelling()
    {
        using var tunnel = new TestTunnel(_app.Tunnels, _app.Node("ws-3"), "alice", _app.Time);
        await WriteAsync(StateKind.Removal, "ws-3", new RemovalValue(true, null));
        await WriteAsync(StateKind.Member, "WS-3", new MemberValue(MemberOrigin.Added, "http://other.invalid/", 1));

        Assert.Equal(
            ["ws-3", "WS-3", "WS-3"], ((string[])["ws-3", "WS-3", "Ws-3"]).Select(id => _app.Node(id).Id));
    }

    // Such a record was written by a balancer with another file, or in an earlier run.
    [Fact]
    public async Task Ring_ThatCannotTakeAChange_StaysAndDrainsTakeEffect()
    {
        _app.Apply(_settings.With(ChatSettings.Ours + "Ring:Algorithm", "nginx"));
        var ring = _app.Chat.Current.Ring;

        await WriteAsync(StateKind.Member, "ws-4", new MemberValue(MemberOrigin.Added, "http://ws-1.invalid/", 1));
        await WriteAsync(StateKind.Drain, "ws-2", Drain);

        Assert.Same(ring, _app.Chat.Current.Ring);
        Assert.Equal(NodeState.Drained, _app.Node("ws-2").State);
        Assert.Contains("'ws-1.invalid:80'", _app.Chat.Mistake, StringComparison.Ordinal);
        var changes = _app.Get<FleetChanges>();
        var refusal = await Assert.ThrowsAsync<RefusedException>(() => changes.AddAsync(
            _app.Chat, new NodeAddition("ws-5", "http://ws-5.invalid/"), null, Cancellation));
        Assert.Equal(RefusalKind.Conflict, refusal.Kind);
        Assert.StartsWith("The ring of cluster 'chat' is unchanged until", refusal.Message, StringComparison.Ordinal);
        Assert.Null(State.Find(StateKey.Of("chat", StateKind.Member, "ws-5")));

        await WriteAsync(StateKind.Member, "ws-4", null);
        Assert.Null(_app.Chat.Mistake);
        await changes.AddAsync(_app.Chat, new NodeAddition("ws-5", "http://ws-5.invalid/"), null, Cancellation);
    }

    [Fact]
    public async Task Change_ThatMakesTheRestFit_IsLetThrough()
    {
        _app.Apply(_settings.With(ChatSettings.Ours + "Ring:Algorithm", "nginx"));
        var changes = _app.Get<FleetChanges>();
        await WriteAsync(StateKind.Blend, "", new BlendValue("nginx", "haproxy", 0.5));
        Assert.NotNull(_app.Chat.Mistake);

        await changes.BlendAsync(_app.Chat, "haproxy", 0, null, Cancellation);

        Assert.Null(_app.Chat.Mistake);
    }

    [Fact]
    public async Task Start_WithAChangeThatDoesNotFit_LeavesOutThatAlone()
    {
        var state = new StateStore("test");
        await state.WriteAsync(
            [
                new(StateKey.Of("chat", StateKind.Blend), new BlendValue("nginx", "haproxy", 0.5)),
                new(StateKey.Of("chat", StateKind.Member, "ws-4"),
                    new MemberValue(MemberOrigin.Added, "http://ws-1.invalid/", 1)),
                new(StateKey.Of("chat", StateKind.Member, "ws-5"),
                    new MemberValue(MemberOrigin.Added, "http://ws-5.invalid/", 1)),
                new(StateKey.Of("chat", StateKind.Drain, "ws-2"), Drain),
                new(StateKey.Of("chat", StateKind.Removal, "ws-3"), new RemovalValue(true, null)),
            ],
            Cancellation);

        await using var app = BalancerApp.Build(
            _settings.With(ChatSettings.Ours + "Ring:Algorithm", "nginx"), services => services.AddSingleton(state));

        Assert.Equal(["ws-1", "ws-2", "ws-5"], app.Chat.Current.Nodes.Select(node => node.Id));
        Assert.Equal(Drain, app.Node("ws-2").OperatorDrain);
        Assert.Equal(
            ["blend ", "member ws-4"],
            app.Logs.GetSnapshot().Where(record => record.Id.Id == 210).Select(record =>
                $"{record.GetStructuredStateValue("Kind")} {record.GetStructuredStateValue("Node")}").Order());
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task<bool?> WriteAsync(StateKind kind, string node, StateValue? value, string cluster = "chat") =>
        State.WriteAsync([new StateChange(StateKey.Of(cluster, kind, node), value)], Cancellation);
}
