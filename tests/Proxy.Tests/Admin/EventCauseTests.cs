using System.Text.Json;
using WsBalancer.Proxy.Admin.Callers;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Tests.Admin;

/// <summary>The cause of an event: the caller of the command.</summary>
public sealed class EventCauseTests : IAsyncLifetime
{
    private const string Operator = "Authorization: Bearer secret";
    private const string By = "X-WsBalancer-By: user=alice; host=lb-1; pid=42; command=rebalance%20pause";

    private BalancerApp _app = null!;

    public async ValueTask InitializeAsync()
    {
        _app = BalancerApp.Build(ChatSettings.OfNodes("ws-1", "ws-2", "ws-3")
            .With("WsBalancer:Admin:Tokens:0:Name", "ops")
            .With("WsBalancer:Admin:Tokens:0:Token", "secret")
            .With("WsBalancer:Admin:Tokens:0:Rights", "operate"));
        await _app.StartAsync();
    }

    [Theory]
    [InlineData("POST", "clusters/chat/nodes/ws-1/drain", null, "drain")]
    [InlineData("PATCH", "clusters/chat/nodes/ws-1", """{"weight":2}""", "node ring")]
    [InlineData("POST", "clusters/chat/nodes", """{"id":"ws-4","address":"http://ws-4.invalid/"}""", "node ring")]
    [InlineData("DELETE", "clusters/chat/nodes/ws-1", null, "node node ring")]
    [InlineData("POST", "clusters/chat/rebalance", null, "rebalance")]
    [InlineData("DELETE", "clusters/chat/tunnels?user=alice", null, "disconnect")]
    [InlineData("POST", "clusters/chat/blend", """{"to":"maglev","share":0.1}""", "ring")]
    public async Task Event_OfACommand_HasItsCause(string method, string target, string? body, string kinds)
    {
        using var stream = await ListenAsync();

        Assert.InRange((await _app.CallAsync(method, target, body, Operator, By)).Status, 200, 299);

        foreach (var kind in kinds.Split(' '))
        {
            var happened = EventStream.DataOf(await stream.NextAsync());
            Assert.Equal(
                (kind, """{"name":"ops","user":"alice","host":"lb-1","pid":42,"command":"rebalance pause","address":"""
                    + "\"127.0.0.1\"}"),
                (happened.GetProperty("kind").GetString(), happened.GetProperty("by").GetRawText()));
        }
    }

    [Fact]
    public async Task Event_AfterACommand_HasNoCause()
    {
        await _app.CallAsync("PATCH", "clusters/chat/nodes/ws-1", """{"weight":2}""", Operator, By);
        using var stream = await ListenAsync();

        _app.Fleet.SetHealth(_app.Chat, _app.Node("ws-1"), NodeHealth.Unhealthy, "test");

        Assert.Equal(JsonValueKind.Null, EventStream.DataOf(await stream.NextAsync()).GetProperty("by").ValueKind);
    }

    // A drain continues after the command that began it: its later events have no cause.
    [Fact]
    public void Work_ThatContinuesAfterACommand_HasNoCause()
    {
        var events = new BalancerEvents(TimeProvider.System);
        ExecutionContext? started;
        using (events.CausedBy(new EventCause("ops")))
        {
            started = ExecutionContext.Capture();
            events.Publish(EventKind.Drain, "chat", null, "it began");
        }

        ExecutionContext.Run(started!, _ => events.Publish(EventKind.Drain, "chat", null, "it ended"), null);

        Assert.Equal(["ops", null], events.After(default).Select(happened => happened.By?.Name));
    }

    [Fact]
    public void Callback_OfAnotherFlow_HasTheCauseOfTheReloadThatRunsIt()
    {
        var events = new BalancerEvents(TimeProvider.System);
        var elsewhere = ExecutionContext.Capture();
        void Publish() => ExecutionContext.Run(
            elsewhere!, _ => events.Publish(EventKind.Ring, "chat", null, "it changed"), null);

        using (events.CausedBy(EventCause.HangUp))
        {
            Publish();
            events.RunWithCause(Publish);
            Publish();
        }

        Assert.Equal([null, "SIGHUP", null], events.After(default).Select(happened => happened.By?.Name));
    }

    [Theory]
    [InlineData("", "ops    ")]
    [InlineData("user=alice", "ops alice   ")]
    [InlineData("host=b%00%1b%5b31m", """ops  b\x00\x1b[31m  """)]
    [InlineData("command=%E2%80%AE", """ops    \u202e""")]
    public void Header_IsInformation(string header, string expected)
    {
        var cause = CallerHeader.Read(header, new EventCause("ops"));

        Assert.Equal(expected, $"{cause.Name} {cause.User} {cause.Host} {cause.Pid} {cause.Command}");
    }

    [Fact]
    public void Header_WithLongValues_IsCut() => Assert.Equal(
        new string('x', 64) + "…", CallerHeader.Read("user=" + new string('x', 65), new EventCause("ops")).User);

    [Theory]
    [InlineData("alice")]
    [InlineData("name=alice")]
    [InlineData("user=alice;host=b")]
    [InlineData("user=alice; user=bob")]
    [InlineData("pid=-1")]
    [InlineData("pid=x")]
    [InlineData("user=a=b")]
    public async Task Header_ThatMeansNothing_IsAProblem_AndNothingIsDone(string header)
    {
        var answer = await _app.CallAsync(
            "PATCH", "clusters/chat/nodes/ws-1", """{"weight":2}""", Operator, $"X-WsBalancer-By: {header}");

        answer.IsProblem(
            400,
            $"'X-WsBalancer-By' is '{header}': expected user, host, pid and command, each NAME=VALUE at most once, "
            + "percent-encoded, with '; ' between them, in at most 1024 characters.");
        Assert.Equal(1, _app.Node("ws-1").Weight);
    }

    [Fact]
    public async Task Event_WithoutTokens_IsOfALocalCaller()
    {
        await using var app = BalancerApp.Build(ChatSettings.OfNodes("ws-1", "ws-2"));
        await app.StartAsync();

        await app.CallAsync("PATCH", "clusters/chat/nodes/ws-1", """{"weight":2}""");

        Assert.All(app.Get<BalancerEvents>().After(default), happened => Assert.Equal("local", happened.By?.Name));
    }

    [Fact]
    public async Task Disconnect_NamesNoUser()
    {
        await _app.CallAsync("DELETE", "clusters/chat/tunnels?user=alice", null, Operator);

        var happened = _app.Get<BalancerEvents>().After(default)[^1];
        Assert.Equal("a user is disconnected: 0 tunnels of this balancer close", happened.Message);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task<EventStream> ListenAsync() => EventStream.OpenAsync(_app, headers: Operator);
}
