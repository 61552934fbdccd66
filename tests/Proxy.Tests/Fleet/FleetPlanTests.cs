using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.Fleet;

public sealed class FleetPlanTests : IAsyncDisposable
{
    private const int Users = 200;

    private readonly Dictionary<string, string?> _settings = ChatSettings.OfNodes("ws-1", "ws-2", "ws-3");
    private readonly BalancerApp _app;
    private readonly List<TestTunnel> _tunnels = [];

    public FleetPlanTests() => _app = BalancerApp.Build(_settings);

    private FleetPlanner Planner => _app.Get<FleetPlanner>();

    [Fact]
    public void Addition_MovesTheShareOfTheNewNodeAndNothingElse()
    {
        Connect();

        var plan = Planner.Plan(_app.Chat, Adding(Node("ws-4")));

        var added = Assert.Single(plan.Nodes, node => node.Id == "ws-4");
        Assert.Equal((0, 0), (added.ShareBefore, added.TunnelsBefore));
        Assert.Equal(added.ShareAfter, plan.Moved, 1e-12);
        Assert.InRange(plan.Moved, 0.24, 0.26);
        Assert.Equal((plan.Moved, 0, 1), (plan.Minimum, plan.Excess, plan.Epoch));
        Assert.Equal(1, plan.Nodes.Sum(node => node.ShareAfter), 1e-9);
        Assert.Equal((plan.TunnelsMoved, true), (added.TunnelsAfter, plan.TunnelsMoved > 0));
        AssertMatchesResult(plan, _settings.WithNode("ws-4", "http://ws-4.invalid/"));
    }

    [Fact]
    public void Removal_MovesTheUsersOfTheNode()
    {
        Connect();

        var plan = Planner.Plan(_app.Chat, Of(remove: ["WS-2"]));

        var removed = Assert.Single(plan.Nodes, node => node.Id == "ws-2");
        Assert.Equal(removed.ShareBefore, plan.Moved, 1e-12);
        Assert.Equal((0, 0, removed.TunnelsBefore), (removed.ShareAfter, removed.TunnelsAfter, plan.TunnelsMoved));
        AssertMatchesResult(plan, _settings.WithoutNode("ws-2"));
    }

    [Fact]
    public void Weight_MovesUsersOfTheNodeAlone()
    {
        Connect();

        var plan = Planner.Plan(_app.Chat, Of(weights: ("ws-1", 3)));

        var heavier = Assert.Single(plan.Nodes, node => node.Id == "ws-1");
        Assert.Equal(heavier.ShareAfter - heavier.ShareBefore, plan.Moved, 1e-12);
        Assert.Equal(0, plan.Excess);
        AssertMatchesResult(plan, _settings.WithWeight("ws-1", 3));
    }

    [Fact]
    public void SeveralAtOnce_AreOneChange()
    {
        Connect();

        var plan = Planner.Plan(_app.Chat, Of([Node("ws-4", 2), Node("ws-5")], ["ws-1"], ("ws-3", 0)));

        Assert.Equal(["ws-1", "ws-2", "ws-3", "ws-4", "ws-5"], plan.Nodes.Select(node => node.Id));
        Assert.Equal(0, plan.Excess);
        AssertMatchesResult(
            plan,
            _settings.WithoutNode("ws-1").WithWeight("ws-3", 0).WithNode("ws-4", "http://ws-4.invalid/")
                .WithWeight("ws-4", 2).WithNode("ws-5", "http://ws-5.invalid/"));
    }

    [Fact]
    public void Plan_ChangesNothing()
    {
        Connect();
        var before = _app.Chat.Current;

        Planner.Plan(_app.Chat, Of([Node("ws-4")], ["ws-1"], ("ws-2", 9)));
        Planner.PlanBlend(_app.Chat, "nginx", 0.5);

        Assert.Same(before, _app.Chat.Current);
        Assert.Empty(_app.Get<StateStore>().Of("chat"));
        Assert.Equal(Users, _app.Tunnels.Count);
    }

    [Fact]
    public void Nothing_MovesNothing()
    {
        Connect();

        var plan = Planner.Plan(_app.Chat, Of());

        Assert.Equal((0, 0, 0, 0), (plan.Moved, plan.Minimum, plan.Excess, plan.TunnelsMoved));
        Assert.All(plan.Nodes, node => Assert.Equal(node.TunnelsBefore, node.TunnelsAfter));
    }

    [Fact]
    public void Tunnels_AreCountedWhereTheirUsersAreAtHome()
    {
        _app.Fleet.SetAnnouncedDrain(_app.Chat, _app.Node("ws-1"), true);
        var user = _app.UserOf("ws-1", "ws-3");
        Open("ws-2", user);
        Open("ws-2", null);

        var plan = Planner.Plan(_app.Chat, Of(remove: ["ws-3"]));

        Assert.Equal(
            ["ws-1 0 0", "ws-2 1 2", "ws-3 1 0"],
            plan.Nodes.Select(node => $"{node.Id} {node.TunnelsBefore} {node.TunnelsAfter}"));
        Assert.Equal(1, plan.TunnelsMoved);
    }

    [Fact]
    public void Tunnels_OfALeavingNode_AreCountedToo()
    {
        Open("ws-3", _app.UserOf("ws-3", "ws-1"));
        _app.Apply(_settings.WithoutNode("ws-3"));

        var plan = Planner.Plan(_app.Chat, Adding(Node("ws-3")));

        Assert.Equal(1, plan.TunnelsMoved);
        Assert.Equal(1, Assert.Single(plan.Nodes, node => node.Id == "ws-3").TunnelsAfter);
    }

    [Fact]
    public void LastNode_Removed_MovesEveryUser()
    {
        _app.Apply(ChatSettings.OfNodes("ws-1"));
        Open("ws-1", "alice");

        var plan = Planner.Plan(_app.Chat, Of(remove: ["ws-1"]));

        Assert.Equal((1, 0, 1), (plan.Moved, plan.Excess, plan.TunnelsMoved));
    }

    [Fact]
    public async Task FirstNode_MovesNoUser()
    {
        await _app.RemoveNodesAsync();

        var plan = Planner.Plan(_app.Chat, Adding(Node("ws-4")));

        Assert.Equal((0, 1), (plan.Moved, Assert.Single(plan.Nodes).ShareAfter));
    }

    [Fact]
    public void Blend_IsExpectedToMoveItsShareOfThoseWhoseOwnersDiffer()
    {
        Connect();

        var plan = Planner.PlanBlend(_app.Chat, "nginx", 0.5);

        Assert.InRange(plan.Moved, 0.31, 0.36);
        Assert.Equal(plan.Moved, plan.Excess);
        Assert.InRange(plan.TunnelsMoved / (double)Users, 0.2, 0.47);
        Assert.Equal(0, Planner.PlanBlend(_app.Chat, "nginx", 0).Moved);
    }

    [Theory]
    [InlineData("ws-9", "There is no node 'ws-9' in cluster 'chat'; known: ws-1, ws-2, ws-3.")]
    public void NodeThatIsNotThere_IsNamedWithTheKnownOnes(string id, string message)
    {
        AssertRefused(RefusalKind.Unknown, message, () => Planner.Plan(_app.Chat, Of(remove: [id])));
        AssertRefused(RefusalKind.Unknown, message, () => Planner.Plan(_app.Chat, Of(weights: (id, 1))));
    }

    [Theory]
    [InlineData("a b", "http://a/", 1, "'id' is 'a b'")]
    [InlineData("a\n", "http://a/", 1, "'id' is 'a\\u000a'")]
    [InlineData("a", "ftp://a/", 1, "'address' is 'ftp://a/'")]
    [InlineData("a", "a:80", 1, "'address' is 'a:80'")]
    [InlineData("a", "http://a/", -1, "The weight of 'a' is -1")]
    [InlineData("a", "http://a/", 65536, "The weight of 'a' is 65536")]
    public void Addition_ThatIsNone_IsRefused(string id, string address, int weight, string message) => AssertRefused(
        RefusalKind.BadValue, message, () => Planner.Plan(_app.Chat, Adding(new NodeAddition(id, address, weight))));

    [Theory]
    [InlineData("ws-1")]
    [InlineData("WS-1")]
    public void Addition_OfANodeThatIsThere_IsAConflict(string id) => AssertRefused(
        RefusalKind.Conflict,
        "Node 'ws-1' is there already, at http://ws-1.invalid/ (configured); an address is changed by removing the "
            + "node and adding it again.",
        () => Planner.Plan(_app.Chat, Adding(Node(id))));

    [Fact]
    public void OneNode_InTwoChanges_IsRefused()
    {
        AssertRefused(RefusalKind.BadValue, "named twice", () => Planner.Plan(_app.Chat, Of(remove: ["ws-1", "WS-1"])));
        AssertRefused(
            RefusalKind.BadValue, "named twice", () => Planner.Plan(_app.Chat, Of([], ["ws-1"], ("ws-1", 2))));
        AssertRefused(
            RefusalKind.BadValue, "named twice", () => Planner.Plan(_app.Chat, Adding(Node("ws-4"), Node("ws-4"))));
    }

    [Fact]
    public void NodeThatLeaves_IsAConflict()
    {
        Open("ws-3", "alice");
        _app.Apply(_settings.WithoutNode("ws-3"));

        AssertRefused(
            RefusalKind.Conflict,
            "Node 'ws-3' is leaving already; 1 tunnels are open there.",
            () => Planner.Plan(_app.Chat, Of(remove: ["ws-3"])));
    }

    [Theory]
    [InlineData("rendezvous", 0.5, "'to' is 'rendezvous': expected one of nginx, haproxy")]
    [InlineData("jump", 0.5, "'to' is 'jump': expected one of nginx")]
    [InlineData("nginx", -0.1, "'share' is -0.1")]
    [InlineData("nginx", 1.5, "'share' is 1.5")]
    [InlineData("nginx", double.NaN, "'share' is NaN")]
    [InlineData("haproxy", 0.5, "The ring cannot take it. ReverseProxy:Clusters:chat:Destinations:ws-")]
    public void Blend_ThatIsNone_IsRefused(string to, double share, string message) =>
        AssertRefused(RefusalKind.BadValue, message, () => Planner.PlanBlend(_app.Chat, to, share));

    [Fact]
    public void Addition_ThatTheRingCannotTake_IsRefused()
    {
        _app.Apply(_settings.With(ChatSettings.Ours + "Ring:Algorithm", "nginx"));

        AssertRefused(
            RefusalKind.BadValue,
            "The ring cannot take it. ReverseProxy:Clusters:chat:Destinations:ws-4:Metadata:RingKey is "
            + "'ws-1.invalid:80': expected a key of its own",
            () => Planner.Plan(
                _app.Chat, Adding(new NodeAddition("ws-4", "http://other.invalid/", 1, "ws-1.invalid:80"))));
    }

    public async ValueTask DisposeAsync()
    {
        _tunnels.ForEach(tunnel => tunnel.Dispose());
        await _app.DisposeAsync();
    }

    private static NodeAddition Node(string id, int weight = 1) => new(id, $"http://{id}.invalid/", weight);

    private static FleetChangeRequest Adding(params NodeAddition[] nodes) => Of(nodes);

    private static FleetChangeRequest Of(
        NodeAddition[]? add = null, string[]? remove = null, params (string Id, int Weight)[] weights) =>
        new(add ?? [], remove ?? [], weights.ToDictionary(weight => weight.Id, weight => weight.Weight));

    private static void AssertRefused(RefusalKind kind, string message, Action action)
    {
        var refusal = Assert.Throws<RefusedException>(action);
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(kind, refusal.Kind);
    }

    /// <summary>Applies the change by a new file, and compares the result with the plan.</summary>
    private void AssertMatchesResult(FleetPlan plan, Dictionary<string, string?> settings)
    {
        var before = _app.Chat.Current;
        _app.Apply(settings);
        var after = _app.Chat.Current;

        Assert.Equal(new RingChangeRecord(2, plan.Moved, plan.Excess), RingChangeRecord.Of(before, after));
        Assert.Equal(
            plan.TunnelsMoved,
            _app.Tunnels.All.Count(tunnel =>
                before.HomeOf(tunnel.Identity.User!)!.Id != after.HomeOf(tunnel.Identity.User!)!.Id));
        Assert.All(plan.Nodes, node =>
        {
            Assert.Equal((before.ShareOf(node.Id), after.ShareOf(node.Id)), (node.ShareBefore, node.ShareAfter));
            Assert.Equal(node.TunnelsBefore, HomesIn(before, node.Id));
            Assert.Equal(node.TunnelsAfter, HomesIn(after, node.Id));
        });
    }

    private int HomesIn(FleetSnapshot snapshot, string node) =>
        _app.Tunnels.All.Count(tunnel => snapshot.HomeOf(tunnel.Identity.User!)!.Id == node);

    private void Connect()
    {
        foreach (var user in Enumerable.Range(0, Users).Select(i => $"user-{i}"))
        {
            Open(_app.Chat.Current.HomeOf(user)!.Id, user);
        }
    }

    private void Open(string node, string? user) =>
        _tunnels.Add(new TestTunnel(_app.Tunnels, _app.Node(node), user, _app.Time));
}
