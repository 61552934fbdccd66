using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tests.Telemetry;

namespace WsBalancer.Proxy.Tests.Fleet;

public sealed class FleetChangesTests : IAsyncDisposable
{
    private static readonly DrainValue Drain = new("d-1", 100, 600, 1012);

    private readonly Dictionary<string, string?> _settings = ChatSettings.OfNodes("ws-1", "ws-2", "ws-3");
    private readonly BalancerApp _app;

    public FleetChangesTests() => _app = BalancerApp.Build(_settings);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private FleetChanges Changes => _app.Get<FleetChanges>();

    private StateStore State => _app.Get<StateStore>();

    [Fact]
    public async Task Add_TakesANodeIn()
    {
        var result = await AddAsync("ws-4", weight: 2);

        Assert.Equal(["ws-1@1", "ws-2@1", "ws-3@1", "ws-4@2 added"], Nodes());
        Assert.Equal((1, 2, null), (result.Plan.Epoch, result.Epoch, result.Shared));
        Assert.Equal(_app.Chat.Current.ShareOf("ws-4"), result.Plan.Moved, 1e-12);
        Assert.Equal("http://ws-4.invalid/", _app.Node("ws-4").Destination.Model.Config.Address);
        Assert.Equal(0, result.Plan.Excess);
    }

    // Node ids that are used only once accumulate, so each must leave no more than one record.
    [Fact]
    public async Task AddedNode_Removed_LeavesOneRecord()
    {
        await AddAsync("ws-4", weight: 2);
        await Changes.RemoveAsync(_app.Chat, "ws-4", null, force: false, null, Cancellation);

        var record = Assert.Single(State.Records.All);
        Assert.Equal((StateKind.Member, null), (record.Key.Kind, record.Value));
    }

    [Fact]
    public async Task Change_IsReportedInTheLogAsAnEventAndInTheMetrics()
    {
        var result = await AddAsync("ws-4");

        var happened = Assert.Single(_app.Get<BalancerEvents>().Recent, happened => happened.Kind == EventKind.Ring);
        Assert.Equal(("chat", null), (happened.Cluster, happened.Node));
        Assert.Equal(
            [("epoch", 2), ("excess", 0), ("minimum", result.Plan.Minimum), ("moved", result.Plan.Moved)],
            happened.Figures.Select(figure => (figure.Key, figure.Value)).Order());
        Assert.Contains(
            _app.Get<BalancerEvents>().Recent,
            published => published is
            {
                Kind: EventKind.Node, Node: "ws-4", Message: "ws-4 joined with weight 1 (added)",
            });
        var line = Assert.Single(_app.Logs.GetSnapshot(), record => record.Id.Id == 200).Message;
        Assert.Matches("epoch 2: 4 nodes; moved 2[45][.][0-9]+ ?% .*at least 2[45][.].* 0[.]00 ?% in excess", line);
        var scrape = await Scrape.OfAsync(_app.Get<BalancerRegistry>());
        Assert.Equal(result.Plan.Moved, scrape["wsbalancer_ring_moved_ratio{cluster=\"chat\"}"]!.Value, 1e-12);
        Assert.Equal(0, scrape["wsbalancer_ring_excess_ratio{cluster=\"chat\"}"]);
        Assert.Equal(2, scrape["wsbalancer_ring_epoch{cluster=\"chat\"}"]);
    }

    [Fact]
    public async Task AddedNode_IsConfigurationOnceTheFileNamesIt()
    {
        await AddAsync("ws-4");
        var (node, ring) = (_app.Node("ws-4"), _app.Chat.Current.Ring);

        _app.Apply(_settings.WithNode("ws-4", "http://ws-4.invalid/"));
        Assert.Equal((NodeSource.Configured, node), (_app.Node("ws-4").Source, _app.Node("ws-4")));
        Assert.Same(ring, _app.Chat.Current.Ring);

        _app.Apply(_settings);
        await Deadline.Until("the record is taken back", () => State.Of("chat").Count == 0);
        Assert.Equal(["ws-1@1", "ws-2@1", "ws-3@1"], Nodes());
    }

    [Fact]
    public async Task AddedNode_StaysOverReloadsThatDoNotConcernIt()
    {
        await AddAsync("ws-4");
        var (node, destination) = (_app.Node("ws-4"), _app.Node("ws-4").Destination);

        _app.Apply(_settings.WithNode("ws-5", "http://ws-5.invalid/"));

        Assert.Same(node, _app.Node("ws-4"));
        Assert.Same(destination, _app.Node("ws-4").Destination);
        Assert.Contains("ws-4@1 added", Nodes());
    }

    [Fact]
    public async Task Remove_HidesANodeOfTheFileUntilTheFileDropsIt()
    {
        using var tunnel = Open("ws-3");
        var result = await RemoveAsync("WS-3", Drain);

        Assert.Equal(["ws-1@1", "ws-2@1"], Nodes());
        Assert.Equal((2, 1), (result.Epoch, result.Plan.TunnelsMoved));
        Assert.Equal((NodeState.Leaving, Drain), (_app.Node("ws-3").State, _app.Node("ws-3").Status.RemovalDrain));

        // The drain continues.
        _app.Apply(_settings.WithoutNode("ws-3"));
        Assert.Equal(Drain, _app.Node("ws-3").Status.RemovalDrain);

        _app.Apply(_settings);
        Assert.Equal(["ws-1@1", "ws-2@1", "ws-3@1"], Nodes());
        Assert.Equal((NodeState.Active, null), (_app.Node("ws-3").State, _app.Node("ws-3").Status.RemovalDrain));
        await Deadline.Until("the record is taken back", () => State.Of("chat").Count == 0);
    }

    [Fact]
    public async Task Remove_OfAnAddedNode_ForgetsIt()
    {
        await AddAsync("ws-4");
        using var tunnel = Open("ws-4");

        await RemoveAsync("ws-4", Drain);

        Assert.Equal(["ws-1@1", "ws-2@1", "ws-3@1"], Nodes());
        Assert.Equal(Drain, _app.Node("ws-4").Status.RemovalDrain);
        Assert.Null(State.Find(StateKey.Of("chat", StateKind.Member, "ws-4")));
    }

    // During the rollout of a file, the files of other balancers may not contain the node yet.
    [Fact]
    public async Task Remove_OfAnAddedNodeThatTheFileNamesByNow_ForgetsThatItWasAdded()
    {
        await AddAsync("ws-4");
        _app.Apply(_settings.WithNode("ws-4", "http://ws-4.invalid/"));

        await RemoveAsync("ws-4");

        Assert.Equal(["ws-1@1", "ws-2@1", "ws-3@1"], Nodes());
        Assert.Null(State.Find(StateKey.Of("chat", StateKind.Member, "ws-4")));
    }

    [Fact]
    public async Task Remove_EndsDrainAndWeight()
    {
        await State.WriteAsync([new(StateKey.Of("chat", StateKind.Drain, "ws-3"), Drain)], Cancellation);
        await Changes.ReweighAsync(_app.Chat, "ws-3", 5, null, Cancellation);

        await RemoveAsync("ws-3");
        await AddAsync("ws-3");

        Assert.Equal(["ws-1@1", "ws-2@1", "ws-3@1"], Nodes());
        Assert.Null(_app.Node("ws-3").OperatorDrain);
    }

    [Fact]
    public async Task RemovedNode_AddedAgain_IsAsInTheFile()
    {
        var settings = _settings.WithWeight("ws-3", 5).With(ChatSettings.Ours + "Ring:Algorithm", "nginx")
            .With($"{ChatSettings.Yarps}Destinations:ws-3:Metadata:RingKey", "10.0.0.3:80");
        _app.Apply(settings);
        var fingerprint = _app.Chat.Current.Ring!.Fingerprint;
        await RemoveAsync("ws-3");
        _app.Time.Advance(TimeSpan.FromMinutes(1));

        var plan = (await Changes.AddAsync(
            _app.Chat, new NodeAddition("ws-3", "http://ws-3.invalid"), null, Cancellation)).Plan;

        Assert.Equal(fingerprint, _app.Chat.Current.Ring!.Fingerprint);
        Assert.Equal(_app.Chat.Current.ShareOf("ws-3"), plan.Moved, 1e-12);
        Assert.Equal("10.0.0.3:80", _app.Node("ws-3").Status.RingKey);
        Assert.Empty(State.Of("chat"));
    }

    [Theory]
    [InlineData("ws-3", "http://other.invalid/", null, "'address' is 'http://other.invalid/': expected 'http://ws-3")]
    [InlineData("WS-3", "http://ws-3.invalid/", null, "'id' is 'WS-3': expected 'ws-3'")]
    [InlineData("ws-3", "http://ws-3.invalid/", "key", "'ringKey' is 'key': expected ''")]
    public async Task RemovedNode_AddedAgainAsAnother_IsAConflict(
        string id, string address, string? key, string message)
    {
        await RemoveAsync("ws-3");

        await AssertRefusedAsync(
            RefusalKind.Conflict,
            message,
            () => Changes.AddAsync(_app.Chat, new NodeAddition(id, address, 1, key), null, Cancellation));
    }

    [Fact]
    public async Task Reweigh_OverridesTheWeightOfTheFile()
    {
        await Changes.ReweighAsync(_app.Chat, "WS-2", 3, null, Cancellation);
        Assert.Equal(["ws-1@1", "ws-2@3 overridden", "ws-3@1"], Nodes());

        await Changes.ReweighAsync(_app.Chat, "ws-2", 1, null, Cancellation);
        Assert.Equal(["ws-1@1", "ws-2@1", "ws-3@1"], Nodes());
        Assert.Empty(State.Of("chat"));
    }

    [Fact]
    public async Task Weight_Overridden_LapsesWithTheFilesWeight()
    {
        await Changes.ReweighAsync(_app.Chat, "ws-2", 3, null, Cancellation);

        _app.Apply(_settings.WithWeight("ws-2", 5));
        Assert.Equal(["ws-1@1", "ws-2@5", "ws-3@1"], Nodes());

        _app.Apply(_settings);
        Assert.Equal(["ws-1@1", "ws-2@1", "ws-3@1"], Nodes());
        await Deadline.Until("the record is taken back", () => State.Of("chat").Count == 0);
    }

    [Fact]
    public async Task Reweigh_OfAnAddedNode_IsItsWeight()
    {
        await AddAsync("ws-4");

        await Changes.ReweighAsync(_app.Chat, "ws-4", 7, null, Cancellation);

        Assert.Contains("ws-4@7 added", Nodes());
    }

    [Fact]
    public async Task LastNodeThatTakesUsers_IsOnlyRemovedByForce()
    {
        await Changes.ReweighAsync(_app.Chat, "ws-1", 0, null, Cancellation);
        _app.Fleet.SetAnnouncedDrain(_app.Chat, _app.Node("ws-2"), true);

        await AssertRefusedAsync(
            RefusalKind.Conflict,
            "Node 'ws-3' is the last of cluster 'chat' that takes users: without it, every handshake would be",
            () => RemoveAsync("ws-3"));
        await AssertRefusedAsync(
            RefusalKind.Conflict,
            "at weight 0, every handshake would be answered with 503. Give another node a weight first.",
            () => Changes.ReweighAsync(_app.Chat, "ws-3", 0, null, Cancellation));
        Assert.Equal(["ws-1@0 overridden", "ws-2@1", "ws-3@1"], Nodes());

        await Changes.RemoveAsync(_app.Chat, "ws-3", null, force: true, null, Cancellation);
        Assert.Equal(["ws-1@0 overridden", "ws-2@1"], Nodes());
        await RemoveAsync("ws-1");
    }

    [Fact]
    public async Task Refusals_ChangeNothing()
    {
        var before = _app.Chat.Current;

        await AssertRefusedAsync(RefusalKind.Unknown, "no node 'ws-9'", () => RemoveAsync("ws-9"));
        await AssertRefusedAsync(
            RefusalKind.Unknown,
            "no node 'ws-9'",
            () => Changes.ReweighAsync(_app.Chat, "ws-9", 1, null, Cancellation));
        await AssertRefusedAsync(
            RefusalKind.BadValue, "70000", () => Changes.ReweighAsync(_app.Chat, "ws-1", 70_000, null, Cancellation));
        await AssertRefusedAsync(RefusalKind.Conflict, "there already", () => AddAsync("ws-1"));
        await AssertRefusedAsync(
            RefusalKind.BadValue, "'share' is 7", () => Changes.BlendAsync(_app.Chat, "nginx", 7, null, Cancellation));

        Assert.Same(before, _app.Chat.Current);
        Assert.Empty(State.Of("chat"));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task AssertRefusedAsync(RefusalKind kind, string message, Func<Task> action)
    {
        var refusal = await Assert.ThrowsAsync<RefusedException>(action);
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(kind, refusal.Kind);
    }

    private Task<ChangeResult> AddAsync(string id, int weight = 1) =>
        Changes.AddAsync(_app.Chat, new NodeAddition(id, $"http://{id}.invalid/", weight), null, Cancellation);

    private Task<ChangeResult> RemoveAsync(string id, DrainValue? drain = null) =>
        Changes.RemoveAsync(_app.Chat, id, drain, force: false, null, Cancellation);

    private TestTunnel Open(string node) => new(_app.Tunnels, _app.Node(node), _app.UserOf(node), _app.Time);

    private IEnumerable<string> Nodes() => _app.Chat.Current.Nodes.Select(node =>
        $"{node.Id}@{node.Weight}{(node.IsWeightOverridden ? " overridden" : "")}"
        + (node.Source == NodeSource.Configured ? "" : $" {NodeLabel.Of(node.Source)}"));
}
