using WsBalancer.Proxy.Peers;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.Admin;

public sealed class RebalanceApiTests : IAsyncLifetime
{
    private const string Rebalance = "clusters/chat/rebalance";
    private const string NoneIsOn = "No rebalance of cluster 'chat' is running or paused.";

    private readonly TestNode _first = new("ws-1");
    private readonly TestNode _second = new("ws-2");
    private BalancerApp _app = null!;

    public async ValueTask InitializeAsync() => _app = await BalancerApp.StartAsync(
        ChatSettings.Of(("ws-1", _first.Address), ("ws-2", _second.Address)));

    [Fact]
    public async Task Rebalance_IsIdleAtFirst() => Assert.Equal(
        "idle 0 0 0 null null 0 1",
        (await _app.GetAsync(Rebalance)).Line(
            "state", "misplaced", "blocked", "closed", "etaSeconds", "reason", "ratePerSecond", "epoch"));

    [Fact]
    public async Task Rebalance_IsBegunPausedContinuedAndCancelled()
    {
        using var tunnel = Misplace();

        var begun = await _app.CallAsync("POST", Rebalance);
        Assert.Equal(202, begun.Status);
        Assert.Equal(
            "blocked closed cluster epoch etaSeconds misplaced ratePerSecond reason shared state",
            string.Join(' ', begun.Json.EnumerateObject().Select(property => property.Name).Order()));
        Assert.Equal("running 50 1 null", begun.Line("state", "ratePerSecond", "epoch", "shared"));

        var faster = await _app.CallAsync("POST", Rebalance, """{"ratePerSecond":200}""");
        Assert.Equal("running 200", faster.Line("state", "ratePerSecond"));

        var paused = await _app.CallAsync("PATCH", Rebalance, """{"paused":true}""");
        Assert.Equal((200, "paused null"), (paused.Status, paused.Line("state", "shared")));
        Assert.Equal("paused", (await _app.GetAsync(Rebalance)).Line("state"));
        var continued = await _app.CallAsync("PATCH", Rebalance, """{"paused":false}""");
        Assert.Equal((200, "running"), (continued.Status, continued.Line("state")));

        var ended = await _app.CallAsync("DELETE", Rebalance);
        Assert.Equal((200, "cancelled null"), (ended.Status, ended.Line("state", "shared")));
        (await _app.CallAsync("DELETE", Rebalance)).IsProblem(409, NoneIsOn);
        (await _app.CallAsync("PATCH", Rebalance, """{"paused":true}""")).IsProblem(409, NoneIsOn);
    }

    [Theory]
    [InlineData("POST", """{"ratePerSecond":0}""")]
    [InlineData("POST", """{"ratePerSecond":-1}""")]
    [InlineData("POST", """{"ratePerSecond":1000001}""")]
    [InlineData("POST", """{"ratePerSecond":"50/s"}""")]
    [InlineData("POST", """{"rate":50}""")]
    [InlineData("PATCH", """{"paused":"yes"}""")]
    public async Task Terms_ThatAreWrong_AreAProblem(string method, string body)
    {
        Assert.Equal(400, (await _app.CallAsync(method, Rebalance, body)).Status);
        Assert.Equal("idle", (await _app.GetAsync(Rebalance)).Line("state"));
    }

    [Fact]
    public async Task Pause_WithoutItsValue_IsAProblem() => (await _app.CallAsync("PATCH", Rebalance)).IsProblem(
        400, "'paused' is missing: expected true, to pause the rebalance, or false, to continue it.");

    [Fact]
    public async Task Rebalance_WaitsUntilTheBalancersAgree()
    {
        Receive(new PeerNode(0, 0, null));
        _app.Get<Agreement>().Compare();
        _app.Time.Advance(TimeSpan.FromSeconds(6));
        _app.Get<Agreement>().Compare();

        var answer = await _app.CallAsync("POST", Rebalance);

        Assert.Equal(409, answer.Status);
        Assert.StartsWith(
            "The balancers disagree on cluster 'chat'", answer["detail"].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rebalance_IsTheFleets_UnlessTheScopeIsLocal()
    {
        using var tunnel = Misplace();
        Receive(new PeerNode(7, 3, null));

        Assert.Equal("4", (await _app.GetAsync(Rebalance)).Line("misplaced"));
        Assert.Equal("1", (await _app.GetAsync(Rebalance + "?scope=local")).Line("misplaced"));
        Assert.Equal(400, (await _app.GetAsync(Rebalance + "?scope=")).Status);
    }

    [Theory]
    [InlineData("POST", null, 202)]
    [InlineData("PATCH", """{"paused":true}""", 200)]
    [InlineData("DELETE", null, 200)]
    public async Task Rebalance_IsChangedOnlyAtTheEpochThatTheCallerHasSeen(string method, string? body, int status)
    {
        using var tunnel = Misplace();
        if (method != "POST")
        {
            await _app.CallAsync("POST", Rebalance);
        }

        Assert.Equal(412, (await _app.CallAsync(method, Rebalance, body, "If-Match: 2")).Status);
        Assert.Equal(status, (await _app.CallAsync(method, Rebalance, body, "If-Match: 1")).Status);
    }

    [Theory]
    [InlineData("POST", null)]
    [InlineData("GET", null)]
    [InlineData("PATCH", """{"paused":true}""")]
    [InlineData("DELETE", null)]
    public async Task Cluster_ThatIsNotThere_IsAProblem(string method, string? body) =>
        (await _app.CallAsync(method, "clusters/nowhere/rebalance", body)).IsProblem(
            404, "There is no cluster 'nowhere'; known: 'chat'.");

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    // The tunnel is opened before the rebalance begins, since a rebalance does not close later tunnels.
    private TestTunnel Misplace()
    {
        var tunnel = new TestTunnel(_app.Tunnels, _app.Node("ws-2"), _app.UserOf("ws-1"), _app.Time);
        _app.Time.Advance(TimeSpan.FromMilliseconds(1));
        return tunnel;
    }

    private void Receive(PeerNode node) => _app.Get<PeerReports>().Update(
    [
        new PeerReport("other", new Dictionary<string, PeerCluster>
        {
            ["chat"] = new("another", "", new Dictionary<string, PeerNode> { ["ws-2"] = node }, null),
        }),
    ]);
}
