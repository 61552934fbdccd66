using System.Text.Json;
using WsBalancer.Proxy.Admin.Events;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Tests.Admin;

public sealed class EventApiTests : IAsyncLifetime
{
    private BalancerApp _app = null!;

    private BalancerEvents Events => _app.Get<BalancerEvents>();

    // The id of the balancer's process, which every event id contains.
    private string Run => Events.After(default)[0].Run;

    public async ValueTask InitializeAsync()
    {
        _app = BalancerApp.Build(ChatSettings.OfNodes("ws-1", "ws-2"));
        await _app.StartAsync();
    }

    [Fact]
    public async Task Event_IsSentAsItHappens()
    {
        Publish("before");
        using var stream = await EventStream.OpenAsync(_app);
        Assert.Equal("text/event-stream", stream.Answer.Content.Headers.ContentType?.MediaType);

        Events.Publish(EventKind.Ring, "chat", null, "the ring changed", ("moved", 0.25), ("epoch", 2));
        Events.Publish(EventKind.Health, "chat", "ws-1", "ws-1 is unhealthy: \"refused\"\nagain");

        var ring = await stream.NextAsync();
        Assert.Equal([$"id: 2-{Run}", "event: ring"], ring.Take(2));
        Assert.Equal(
            $$$"""
            {"id":2,"run":"{{{Run}}}","at":"2000-01-01T00:00:00+00:00","kind":"ring","cluster":"chat","node":null,
            "message":"the ring changed","figures":{"moved":0.25,"epoch":2},"by":null}
            """.ReplaceLineEndings(""),
            ring[2]["data: ".Length..]);
        var health = await stream.NextAsync();
        Assert.Equal([$"id: 3-{Run}", "event: health"], health.Take(2));
        var data = JsonElement.Parse(health[2]["data: ".Length..]);
        Assert.Equal("ws-1 is unhealthy: \"refused\"\nagain", data.GetProperty("message").GetString());
        Assert.Equal("ws-1", data.GetProperty("node").GetString());
    }

    [Fact]
    public async Task Change_OfTheFleet_IsAnEvent()
    {
        using var stream = await EventStream.OpenAsync(_app);

        _app.Fleet.SetHealth(_app.Chat, _app.Node("ws-1"), NodeHealth.Unhealthy, "test");
        await _app.CallAsync("PATCH", "clusters/chat/nodes/ws-2", """{"weight":2}""");

        Assert.Equal("event: health", (await stream.NextAsync())[1]);
        Assert.Equal("event: node", (await stream.NextAsync())[1]);
        Assert.Equal("event: ring", (await stream.NextAsync())[1]);
    }

    [Theory]
    [InlineData("2", 3)]
    [InlineData("0", 1)]
    [InlineData("3", 4)]
    public async Task Listener_ThatReconnects_ReceivesWhatItMissed(string known, int next)
    {
        Publish("one");
        Publish("two");
        Publish("three");
        using var stream = await EventStream.OpenAsync(_app, known);
        Publish("four");

        for (var id = next; id <= 4; id++)
        {
            Assert.Equal($"id: {id}-{Run}", (await stream.NextAsync())[0]);
        }
    }

    [Fact]
    public async Task Listener_ThatKnewAnotherProcess_ReceivesEverything()
    {
        Publish("one");
        using var stream = await EventStream.OpenAsync(_app, "400");

        Assert.Equal($"id: 1-{Run}", (await stream.NextAsync())[0]);
    }

    [Fact]
    public async Task IdleStream_HasACommentEveryFifteenSeconds()
    {
        using var stream = await EventStream.OpenAsync(_app);

        _app.Time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal([":"], await stream.NextAsync());
        _app.Time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal([":"], await stream.NextAsync());
    }

    [Fact]
    public async Task Listener_ThatDoesNotRead_IsDroppedAndNotified()
    {
        using var stream = await EventStream.OpenAsync(_app);

        // The buffers of the sockets hold some events in addition to the waiting ones.
        var longText = new string('x', 64 * 1024);
        for (var i = 0; i < EventListener.MaxWaiting + 500; i++)
        {
            Publish(longText);
        }

        var received = 0;
        var last = await stream.NextAsync();
        for (; last.Count == 3; last = await stream.NextAsync())
        {
            Assert.Equal($"id: {++received}-{Run}", last[0]);
        }

        Assert.InRange(received, EventListener.MaxWaiting, EventListener.MaxWaiting + 499);
        Assert.Equal("event: dropped", last[0]);
        Assert.Equal(
            "more than 1000 events waited to be read: connect again, with Last-Event-ID, to receive the rest",
            JsonElement.Parse(last[1]["data: ".Length..]).GetProperty("message").GetString());
        Assert.Empty(await stream.NextAsync());
    }

    [Fact]
    public async Task Shutdown_EndsTheStream()
    {
        using var stream = await EventStream.OpenAsync(_app);
        Publish("last");
        Assert.Equal($"id: 1-{Run}", (await stream.NextAsync())[0]);

        var stopped = _app.StopAsync();

        Assert.Empty(await stream.NextAsync());
        await stopped;
    }

    [Fact]
    public async Task Listener_ThatIsDisposed_ReceivesNothing()
    {
        var listener = new EventListener(Events, null, TimeSpan.FromSeconds(15), _app.Time);
        listener.Dispose();

        Publish("nobody hears it");

        Assert.Empty(await listener.ReadAsync(TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task PageOfAnotherOrigin_MayNotReadThem()
    {
        using var stream = await EventStream.OpenAsync(_app);

        Assert.DoesNotContain(
            stream.Answer.Headers,
            header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task KnownEvent_ThatIsNoNumber_IsAProblem() =>
        (await _app.CallAsync("GET", "events", null, "Last-Event-ID: x")).IsProblem(
            400,
            "'Last-Event-ID' is 'x': expected the id of an event in the stream, such as 17-6f3a9c01, or 0 for all.");

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Publish(string message) => Events.Publish(EventKind.Node, "chat", "ws-1", message);
}
