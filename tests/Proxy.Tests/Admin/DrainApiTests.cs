using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.Admin;

public sealed class DrainApiTests : IAsyncLifetime
{
    private const string Drain = "clusters/chat/nodes/ws-1/drain";

    private BalancerApp _app = null!;

    public async ValueTask InitializeAsync()
    {
        _app = BalancerApp.Build(ChatSettings.OfNodes("ws-1", "ws-2"));
        await _app.StartAsync();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("""{"ratePerSecond":null,"overSeconds":null,"closeCode":null,"force":null}""")]
    public async Task Drain_IsBegunWithTheClustersTerms(string? body)
    {
        using var tunnel = new TestTunnel(_app.Tunnels, _app.Node("ws-1"), "alice", _app.Time);

        var answer = await _app.CallAsync("POST", Drain, body);

        Assert.Equal(202, answer.Status);
        Assert.Equal(
            "closeCode closed cluster deadlineSeconds epoch etaSeconds forced node ratePerSecond remaining shared "
            + "sources state total",
            string.Join(' ', answer.Json.EnumerateObject().Select(property => property.Name).Order()));
        Assert.Equal("chat ws-1", answer.Line("cluster", "node"));
        Assert.Equal(
            """draining ["operator"] 1 1 600 1012 1 null""",
            answer.Line("state", "sources", "total", "remaining", "deadlineSeconds", "closeCode", "epoch", "shared"));
        Assert.Equal((100, 600, 1012), TermsOf("ws-1"));
        Assert.Equal(
            """draining ["operator"] 1""", (await _app.GetAsync(Drain)).Line("state", "sources", "total"));
    }

    [Theory]
    [InlineData("""{"ratePerSecond":5,"deadlineSeconds":60,"closeCode":1001}""", 5.0, 60.0, 1001)]
    [InlineData("""{"ratePerSecond":0.5,"deadlineSeconds":null}""", 0.5, null, 1012)]
    [InlineData("""{"ratePerSecond":0,"deadlineSeconds":null,"closeCode":4000}""", 0.0, null, 4000)]
    [InlineData("""{"ratePerSecond":0,"deadlineSeconds":30}""", 0.0, 30.0, 1012)]
    [InlineData("""{"overSeconds":300}""", 100.0, 300.0, 1012)]
    [InlineData("""{"overSeconds":300,"deadlineSeconds":null}""", 100.0, null, 1012)]
    public async Task Terms_AreThoseOfTheBody(string body, double rate, double? deadline, int code)
    {
        Assert.Equal(202, (await _app.CallAsync("POST", Drain, body)).Status);

        Assert.Equal((rate, deadline, code), TermsOf("ws-1"));
    }

    [Fact]
    public async Task Terms_OfADrainThatRuns_AreChanged()
    {
        await _app.CallAsync("POST", Drain, """{"ratePerSecond":5,"deadlineSeconds":60}""");

        var answer = await _app.CallAsync("POST", Drain, """{"ratePerSecond":7,"deadlineSeconds":null}""");

        Assert.Equal((202, "null"), (answer.Status, answer.Line("deadlineSeconds")));
        Assert.Equal((7, null, 1012), TermsOf("ws-1"));
    }

    [Fact]
    public async Task Drain_IsEnded()
    {
        await _app.CallAsync("POST", Drain);

        var answer = await _app.CallAsync("DELETE", Drain);

        Assert.Equal(200, answer.Status);
        Assert.Equal("active [] 1 null", answer.Line("state", "sources", "epoch", "shared"));
        (await _app.CallAsync("DELETE", Drain)).IsProblem(409, "Node 'ws-1' does not drain.");
    }

    [Fact]
    public async Task Node_ThatDoesNotDrain_IsActiveAndHasNothingToClose() => Assert.Equal(
        "active [] 0 0 0 0 0 null null null 1",
        (await _app.GetAsync(Drain)).Line(
            "state",
            "sources",
            "total",
            "remaining",
            "closed",
            "forced",
            "ratePerSecond",
            "etaSeconds",
            "deadlineSeconds",
            "closeCode",
            "epoch"));

    [Fact]
    public async Task Node_ThatDrainsItself_CannotBeResumed()
    {
        _app.Fleet.SetAnnouncedDrain(_app.Chat, _app.Node("ws-1"), true);

        var answer = await _app.CallAsync("DELETE", Drain);

        Assert.Equal(409, answer.Status);
        Assert.Contains("drains on its own report", answer["detail"].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LastNode_IsDrainedByForceOnly()
    {
        await _app.CallAsync("POST", "clusters/chat/nodes/ws-2/drain");

        Assert.Equal(409, (await _app.CallAsync("POST", Drain)).Status);
        Assert.False(_app.Node("ws-1").Status.IsDraining);
        Assert.Equal(202, (await _app.CallAsync("POST", Drain, """{"force":true}""")).Status);
    }

    [Theory]
    [InlineData(
        """{"ratePerSecond":5,"overSeconds":60}""",
        "'ratePerSecond' and 'overSeconds' are both given: expected one of them.")]
    [InlineData("""{"ratePerSecond":-1}""", "'ratePerSecond' is -1: expected a number from 0 to 1000000.")]
    [InlineData("""{"closeCode":1006}""", "'closeCode' is 1006: expected 1000 to 1003, 1007 to 1014 or 3000 to 4999.")]
    [InlineData(
        """{"closeCode":"1012"}""", "'closeCode' is \"1012\": expected 1000 to 1003, 1007 to 1014 or 3000 to 4999.")]
    [InlineData(
        """{"deadlineSeconds":"none"}""",
        "'deadlineSeconds' is \"none\": expected a number of seconds until all tunnels are closed, or null for never.")]
    [InlineData(
        """{"force":"yes"}""",
        "'force' is \"yes\": expected true, to drain even if no other node takes users, or false.")]
    [InlineData(
        """{"deadline":60}""",
        "There is no field 'deadline' here; known: "
        + "ratePerSecond, overSeconds, deadlineSeconds, closeCode, force.")]
    [InlineData(
        """{"isDeadlineGiven":true}""",
        "There is no field 'isDeadlineGiven' here; known: "
        + "ratePerSecond, overSeconds, deadlineSeconds, closeCode, force.")]
    public async Task Terms_ThatAreWrong_AreAProblem(string body, string detail)
    {
        (await _app.CallAsync("POST", Drain, body)).IsProblem(400, detail);
        Assert.False(_app.Node("ws-1").Status.IsDraining);
    }

    [Theory]
    [InlineData("""{"ratePerSecond":0}""")]
    [InlineData("""{"overSeconds":0}""")]
    [InlineData("""{"deadlineSeconds":0}""")]
    [InlineData("""{"deadlineSeconds":1e300}""")]
    [InlineData("""{"ratePerSecond":1e999}""")]
    public async Task Terms_OutOfBounds_AreAProblem(string body)
    {
        Assert.Equal(400, (await _app.CallAsync("POST", Drain, body)).Status);
        Assert.False(_app.Node("ws-1").Status.IsDraining);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task Node_ThatIsNotThere_IsAProblem(string method) =>
        (await _app.CallAsync(method, "clusters/chat/nodes/ws-9/drain")).IsProblem(
            404, "There is no node 'ws-9' in cluster 'chat'; known: ws-1, ws-2.");

    [Fact]
    public async Task Node_ThatLeaves_IsNotDrained()
    {
        using var tunnel = new TestTunnel(_app.Tunnels, _app.Node("ws-1"), "alice", _app.Time);
        await _app.CallAsync("DELETE", "clusters/chat/nodes/ws-1");

        Assert.Equal(409, (await _app.CallAsync("POST", Drain)).Status);
        Assert.Equal("leaving [] 1 1", (await _app.GetAsync(Drain)).Line("state", "sources", "total", "remaining"));
    }

    [Theory]
    [InlineData(true, "leaving")]
    [InlineData(false, "active")]
    public async Task Node_ThatDoesNotDrain_ShowsItsOpenTunnels(bool isRemoved, string state)
    {
        using var tunnel = new TestTunnel(_app.Tunnels, _app.Node("ws-1"), "alice", _app.Time);
        if (isRemoved)
        {
            await _app.CallAsync("DELETE", "clusters/chat/nodes/ws-1");
        }

        Receive(new PeerDrain(10, 4, 5, 1));

        Assert.Equal($"{state} 5 5", (await _app.GetAsync(Drain)).Line("state", "total", "remaining"));
        Assert.Equal($"{state} 1 1", (await _app.GetAsync(Drain + "?scope=local")).Line("state", "total", "remaining"));
    }

    [Theory]
    [InlineData("POST", 202)]
    [InlineData("DELETE", 200)]
    public async Task Drain_IsChangedOnlyAtTheEpochThatTheCallerHasSeen(string method, int status)
    {
        if (method == "DELETE")
        {
            await _app.CallAsync("POST", Drain);
        }

        Assert.Equal(412, (await _app.CallAsync(method, Drain, null, "If-Match: 2")).Status);
        Assert.Equal(status, (await _app.CallAsync(method, Drain, null, "If-Match: 1")).Status);
    }

    [Fact]
    public async Task Drain_IsTheFleets_UnlessTheScopeIsLocal()
    {
        using var tunnel = new TestTunnel(_app.Tunnels, _app.Node("ws-1"), "alice", _app.Time);
        await _app.CallAsync("POST", Drain);
        Receive(new PeerDrain(10, 4, 5, 1));

        Assert.Equal("11 5", (await _app.GetAsync(Drain)).Line("total", "remaining"));
        Assert.Equal("1 1", (await _app.GetAsync(Drain + "?scope=local")).Line("total", "remaining"));
        (await _app.GetAsync(Drain + "?scope=all")).IsProblem(
            400, "'scope' is 'all': expected fleet or local (default fleet).");
    }

    [Fact]
    public async Task Node_IsNotDrainedWhileOthersHaveTunnelsThere()
    {
        await _app.CallAsync("POST", Drain);
        Assert.Equal("drained", (await _app.GetAsync(Drain)).Line("state"));
        Receive(new PeerDrain(10, 4, 5, 1));

        Assert.Equal("draining 4", (await _app.GetAsync(Drain)).Line("state", "remaining"));
        Assert.Equal("drained 0", (await _app.GetAsync(Drain + "?scope=local")).Line("state", "remaining"));
    }

    [Fact]
    public async Task Drain_HasTheSameShape_WhenItIsBegunShownAndEnded()
    {
        var begun = await _app.CallAsync("POST", Drain);
        var shown = await _app.GetAsync(Drain);
        var ended = await _app.CallAsync("DELETE", Drain);

        string[] shapes = [.. new[] { begun, shown, ended }
            .Select(answer => string.Join(' ', answer.Json.EnumerateObject().Select(property => property.Name)))];
        Assert.Single(shapes.Distinct());
    }

    [Fact]
    public async Task Status_OfADrain_ShowsThatTheOtherBalancersAreNotInTheCounts()
    {
        await _app.CallAsync("POST", Drain);
        _app.Get<RedisStatus>().Where = "redis:6379";
        Assert.Equal("true", (await _app.GetAsync(Drain)).Line("shared"));

        _app.Get<PeerReports>().MarkUnknown();

        Assert.Equal("drained false", (await _app.GetAsync(Drain)).Line("state", "shared"));
    }

    [Fact]
    public async Task NodeThatHasLeftThisBalancer_IsLeavingWhileOthersHaveTunnelsThere()
    {
        Receive(new PeerDrain(10, 4, 5, 1));
        await _app.CallAsync("DELETE", "clusters/chat/nodes/ws-1");

        Assert.Equal(
            "chat ws-1 leaving 10 4",
            (await _app.GetAsync(Drain)).Line("cluster", "node", "state", "total", "remaining"));

        var inAnotherCase = Drain.Replace("ws-1", "WS-1", StringComparison.Ordinal);
        Assert.Equal("ws-1 leaving 4", (await _app.GetAsync(inAnotherCase)).Line("node", "state", "remaining"));
        Receive(new PeerDrain(10, 0, 9, 1));
        (await _app.GetAsync(Drain)).IsProblem(404, "There is no node 'ws-1' in cluster 'chat'; known: ws-2.");
    }

    [Fact]
    public async Task NodeThatHasLeftThisBalancer_IsLeaving_WhileTheOthersAreNotKnown()
    {
        _app.Get<RedisStatus>().Where = "redis:6379";
        await _app.CallAsync("DELETE", "clusters/chat/nodes/ws-1");
        (await _app.GetAsync(Drain)).IsProblem(404, "There is no node 'ws-1' in cluster 'chat'; known: ws-2.");

        _app.Get<PeerReports>().MarkUnknown();

        Assert.Equal("leaving 0 false", (await _app.GetAsync(Drain)).Line("state", "remaining", "shared"));
        Assert.Equal(
            "ws-1", (await _app.GetAsync(Drain.Replace("ws-1", "WS-1", StringComparison.Ordinal))).Line("node"));
        (await _app.GetAsync(Drain.Replace("ws-1", "ws-9", StringComparison.Ordinal)))
            .IsProblem(404, "There is no node 'ws-9' in cluster 'chat'; known: ws-2.");
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private (double Rate, double? Deadline, int Code) TermsOf(string node)
    {
        var drain = _app.Node(node).OperatorDrain!;
        return (drain.RatePerSecond, drain.DeadlineSeconds, drain.CloseCode);
    }

    private void Receive(PeerDrain drain) => _app.Get<PeerReports>().Update(
    [
        new PeerReport("other", new Dictionary<string, PeerCluster>
        {
            ["chat"] = new(
                "", "", new Dictionary<string, PeerNode> { ["ws-1"] = new(drain.Remaining, 0, drain) }, null),
        }),
    ]);
}
