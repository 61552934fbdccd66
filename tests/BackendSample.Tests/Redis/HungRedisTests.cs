using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Redis;

/// <summary>A stopped redis-server keeps its connections open and answers nothing.</summary>
public sealed class HungRedisTests : IAsyncLifetime
{
    private const string Lost =
        """{"type":"error","reason":"redis went away: the message may not have been delivered"}""";

    private const string LocalOnly =
        """{"type":"error","reason":"redis is away: the message reached node 'ws-1' only"}""";

    private readonly FakeLog _log = new();
    private RedisServer _redis = null!;
    private TestNode _one = null!;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _one = await TestNode.StartAsync(
            TestNode.Options with
            {
                Redis = _redis.Endpoint,
                Registration = new RegistrationOptions { Cluster = "chat" },
            },
            _log.AddTo);
    }

    public async ValueTask DisposeAsync()
    {
        await _redis.DisposeAsync();
        await _one.DisposeAsync();
    }

    [Fact]
    public async Task AUserWhoConnects_IsServed_AndSubscribedWhenRedisAnswersAgain()
    {
        var logOfTwo = new FakeLog();
        await using var two = await TestNode.StartAsync(
            TestNode.Options with { Name = "ws-2", Redis = _redis.Endpoint }, logOfTwo.AddTo);
        using var alice = await TestClient.WelcomedAsync(_one.Address, "alice");
        await _redis.HangAsync();

        using var bob = await TestClient.WelcomedAsync(_one.Address, "bob");
        await HangIsNotedAsync(_log);
        await HangIsNotedAsync(logOfTwo);
        using var carol = await TestClient.WelcomedAsync(_one.Address, "carol");
        await EchoAsync(alice);
        await EchoAsync(bob);
        await carol.SendAsync("""{"type":"direct","to":"bob","data":1}""");
        Assert.Equal(Direct("carol", "bob", 1), await bob.ReceiveTextAsync());
        Assert.Equal(LocalOnly, await carol.ReceiveTextAsync());

        await _redis.WakeAsync();

        await UntilSubscribedAsync("user:bob", 1);
        await UntilSubscribedAsync("user:carol", 1);
        await Deadline.UntilAsync(
            () => _log.Count("RedisIsBack") == 1 && logOfTwo.Count("RedisIsBack") == 1,
            "both nodes have seen that Redis answers");
        using var dave = await TestClient.WelcomedAsync(two.Address, "dave");
        foreach (var (name, client) in new[] { ("alice", alice), ("bob", bob), ("carol", carol) })
        {
            await dave.SendAsync($$"""{"type":"direct","to":"{{name}}","data":2}""");
            Assert.Equal(Direct("dave", name, 2, "ws-2"), await client.ReceiveTextAsync());
        }

        Assert.Equal(1, _log.Count("RedisIsAway"));
    }

    [Fact]
    public async Task ASender_ReceivesAnError_AndStaysConnected()
    {
        using var alice = await TestClient.WelcomedAsync(_one.Address, "alice");
        using var bob = await TestClient.WelcomedAsync(_one.Address, "bob");
        await alice.JoinAsync("r");
        await _redis.HangAsync();

        await bob.SendAsync("""{"type":"direct","to":"carol","data":1}""");
        await alice.SendAsync("""{"type":"room","room":"r","data":1}""");

        Assert.Contains(await bob.ReceiveTextAsync(), (string[])[Lost, LocalOnly]);
        // The message reaches the room only if the hang was noticed before the message was sent.
        Assert.Contains(await alice.ReceiveTextAsync(), (string[])[Lost, Room(1)]);
        await HangIsNotedAsync(_log);
        await bob.SendAsync("""{"type":"join","room":"new"}""");
        Assert.Equal(
            """{"type":"error","reason":"redis is away: could not join room 'new', try again"}""",
            await bob.ReceiveTextAsync());
        await EchoAsync(bob);
    }

    [Fact]
    public async Task ASenderOfAMessageWithAnId_ReceivesAnErrorWithTheId()
    {
        using var alice = await TestClient.WelcomedAsync(_one.Address, "alice");
        await _redis.HangAsync();

        await alice.SendAsync("""{"type":"direct","to":"bob","id":"m1","data":1}""");

        Assert.StartsWith(
            """{"type":"error","id":"m1","reason":"redis """, await alice.ReceiveTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASenderWhoWaits_DelaysNoOtherUser()
    {
        using var alice = await TestClient.WelcomedAsync(_one.Address, "alice");
        using var bob = await TestClient.WelcomedAsync(_one.Address, "bob");
        await _redis.HangAsync();

        for (var message = 0; message < 20; message++)
        {
            await alice.SendAsync("""{"type":"direct","to":"carol","data":1}""");
        }

        await EchoAsync(bob);
        for (var message = 0; message < 20; message++)
        {
            Assert.Contains(await alice.ReceiveTextAsync(), (string[])[Lost, LocalOnly]);
        }
    }

    [Fact]
    public async Task AUserWhoDisconnects_IsUnsubscribedWhenRedisAnswersAgain()
    {
        using var alice = await TestClient.WelcomedAsync(_one.Address, "alice");
        await _redis.HangAsync();
        var bob = await TestClient.WelcomedAsync(_one.Address, "bob");
        alice.Socket.Abort();
        bob.Socket.Abort();
        await HangIsNotedAsync(_log);
        await Deadline.UntilAsync(() => _one.Sessions.Count == 0, "both sessions have ended");
        using var carol = await TestClient.WelcomedAsync(_one.Address, "carol");

        await _redis.WakeAsync();

        await UntilSubscribedAsync("user:carol", 1);
        await UntilSubscribedAsync("user:alice", 0);
        await UntilSubscribedAsync("user:bob", 0);
        bob.Dispose();
    }

    [Fact]
    public async Task TheProgram_KeepsServing_AndStopsOnSigtermAsUsual()
    {
        using var node = NodeProcess.Start(
            "serve", "--urls", "http://127.0.0.1:0", "--redis", $"{_redis.Endpoint}", "--register", "chat");
        var ready = await node.ReadLineAsync();
        var address = new Uri(ready![(ready!.LastIndexOf(' ') + 1)..]);
        using var alice = await TestClient.WelcomedAsync(address, "alice");
        await _redis.HangAsync();
        using var bob = await TestClient.WelcomedAsync(address, "bob");
        await bob.SendAsync("""{"type":"direct","to":"alice","data":1}""");
        Assert.Contains(await bob.ReceiveTextAsync(), (string[])[Lost, LocalOnly]);

        await node.SignalAsync("TERM");

        Assert.Equal((1012, "service restart"), await alice.ReceiveCloseAsync());
        Assert.Equal((1012, "service restart"), await bob.ReceiveCloseAsync());
        Assert.Equal(0, await node.WaitForExitAsync());
    }

    [Fact]
    public async Task ANodeThatStartsWhileRedisHangs_Serves_AndJoinsTheOthersWhenRedisAnswersAgain()
    {
        await _redis.HangAsync();
        var log = new FakeLog();
        await using var two = await TestNode.StartAsync(
            TestNode.Options with { Name = "ws-2", Redis = _redis.Endpoint }, log.AddTo);
        using var alice = await TestClient.WelcomedAsync(two.Address, "alice");
        await EchoAsync(alice);

        await _redis.WakeAsync();

        await UntilSubscribedAsync("user:alice", 1);
        Assert.Equal(1, log.Count("RedisIsAway"));
    }

    private static string Direct(string from, string to, int data, string node = "ws-1") =>
        $$"""{"type":"direct","from":"{{from}}","to":"{{to}}","node":"{{node}}","data":{{data}}}""";

    private static string Room(int data) =>
        $$"""{"type":"room","room":"r","from":"alice","node":"ws-1","data":{{data}}}""";

    private static async Task EchoAsync(TestClient client)
    {
        await client.SendAsync("""{"type":"echo"}""");
        Assert.Equal("""{"type":"echo"}""", await client.ReceiveTextAsync());
    }

    private static Task HangIsNotedAsync(FakeLog log) =>
        Deadline.UntilAsync(() => log.Count("RedisIsAway") == 1, "the node has seen that Redis does not answer");

    private Task UntilSubscribedAsync(string channel, long subscribers) => Deadline.UntilAsync(
        async () => await _redis.CountSubscribersAsync(channel) == subscribers,
        $"{subscribers} connections subscribe to {channel}");
}
