using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Redis;

/// <summary>Properties that need a real redis-server: the number of subscribers, and the absence of Redis.</summary>
public sealed class RedisTests : IAsyncLifetime
{
    private RedisServer _redis = null!;

    public async ValueTask InitializeAsync() => _redis = await RedisServer.StartAsync();

    public ValueTask DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public async Task ANode_SubscribesForItsFirstMember_AndUnsubscribesAfterItsLast()
    {
        await using var node = await TestNode.StartAsync("ws-1", _redis.Endpoint);
        using var alice = await TestClient.WelcomedAsync(node.Address, "alice");
        using var bob = await TestClient.WelcomedAsync(node.Address, "bob");

        await alice.JoinAsync("r");
        await bob.JoinAsync("r");
        Assert.Equal(1, await _redis.CountSubscribersAsync("room:r"));
        Assert.Equal(1, await _redis.CountSubscribersAsync("user:alice"));

        await alice.SendAsync("""{"type":"leave","room":"r"}""");
        Assert.Equal("""{"type":"left","room":"r"}""", await alice.ReceiveTextAsync());
        Assert.Equal(1, await _redis.CountSubscribersAsync("room:r"));
        bob.Socket.Abort();

        await Deadline.UntilAsync(
            async () => await _redis.CountSubscribersAsync("room:r") == 0, "no node subscribes to the room");
        Assert.Equal(1, await _redis.CountSubscribersAsync("user:alice"));
        Assert.Equal(0, await _redis.CountSubscribersAsync("user:bob"));
    }

    [Fact]
    public async Task WithRedisDisconnected_MessagesReachThisNode_AndTheSenderReceivesAnError()
    {
        var log = new FakeLog();
        await using var node = await TestNode.StartAsync(
            TestNode.Options with { Redis = _redis.Endpoint }, log.AddTo);
        using var alice = await TestClient.WelcomedAsync(node.Address, "alice");
        using var bob = await TestClient.WelcomedAsync(node.Address, "bob");
        _redis.Kill();
        await Deadline.UntilAsync(() => log.Count("RedisIsAway") == 1, "the node has seen that Redis is away");

        await alice.SendAsync("""{"type":"direct","to":"bob","data":1}""");

        Assert.Equal(
            """{"type":"error","reason":"redis is away: the message reached node 'ws-1' only"}""",
            await alice.ReceiveTextAsync());
        Assert.Equal(
            """{"type":"direct","from":"alice","to":"bob","node":"ws-1","data":1}""", await bob.ReceiveTextAsync());
    }

    [Fact]
    public async Task WithRedisDisconnected_AMessageWithAnId_IsRefused_AndStoredWhenItIsSentAgain()
    {
        var log = new FakeLog();
        await using var node = await TestNode.StartAsync(
            TestNode.Options with { Redis = _redis.Endpoint }, log.AddTo);
        using var alice = await TestClient.WelcomedAsync(node.Address, "alice");
        const string Message = """{"type":"direct","to":"bob","id":"m1","data":1}""";
        _redis.Kill();
        await Deadline.UntilAsync(() => log.Count("RedisIsAway") == 1, "the node has seen that Redis is away");

        await alice.SendAsync(Message);

        Assert.Equal(
            """{"type":"error","id":"m1","reason":"redis is away: the message was not stored, send it again later"}""",
            await alice.ReceiveTextAsync());
        await _redis.ResumeAsync();
        await Deadline.UntilAsync(() => log.Count("RedisIsBack") == 1, "the node has seen that Redis is back");
        await alice.SendAsync(Message);
        var ack = await alice.ReceiveTextAsync();
        Assert.StartsWith("""{"type":"ack","id":"m1","channel":"user:bob",""", ack, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithRedisDisconnected_AUserWithAPosition_IsServed_AndNotifiedOfTheGapAfterwards()
    {
        var log = new FakeLog();
        await using var node = await TestNode.StartAsync(
            TestNode.Options with { Redis = _redis.Endpoint }, log.AddTo);
        _redis.Kill();
        await Deadline.UntilAsync(() => log.Count("RedisIsAway") == 1, "the node has seen that Redis is away");
        using var alice = new TestClient();
        await alice.ConnectToAsync(node.Address, "/ws?user=alice&since=5b0f:3");
        Assert.Equal(
            """{"type":"welcome","node":"ws-1","user":"alice","recovered":false}""", await alice.ReceiveTextAsync());

        await _redis.ResumeAsync();

        Assert.StartsWith(
            """{"type":"gap","channel":"user:alice",""", await alice.ReceiveTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithRedisDisconnected_AMemberThatRecovers_IsNoLongerAMember()
    {
        var log = new FakeLog();
        await using var node = await TestNode.StartAsync(
            TestNode.Options with { Redis = _redis.Endpoint }, log.AddTo);
        using var alice = await TestClient.WelcomedAsync(node.Address, "alice");
        await alice.JoinAsync("r");
        _redis.Kill();
        await Deadline.UntilAsync(() => log.Count("RedisIsAway") == 1, "the node has seen that Redis is away");

        await alice.SendAsync("""{"type":"join","room":"r","since":null}""");
        Assert.Equal(
            """{"type":"error","reason":"redis is away: could not recover room 'r' and left it, join it again"}""",
            await alice.ReceiveTextAsync());
        await alice.SendAsync("""{"type":"room","room":"r","data":1}""");

        Assert.Equal(
            """{"type":"error","reason":"not a member of room 'r': join it first"}""", await alice.ReceiveTextAsync());
    }

    [Fact]
    public async Task AfterARestartOfRedis_MessagesAreDeliveredAgain_AndBothChangesAreLoggedOnce()
    {
        var log = new FakeLog();
        await using var one = await TestNode.StartAsync(
            TestNode.Options with { Redis = _redis.Endpoint }, log.AddTo);
        var logOfTwo = new FakeLog();
        await using var two = await TestNode.StartAsync(
            TestNode.Options with { Name = "ws-2", Redis = _redis.Endpoint }, logOfTwo.AddTo);
        using var alice = await TestClient.WelcomedAsync(one.Address, "alice");
        using var bob = await TestClient.WelcomedAsync(two.Address, "bob");
        await alice.JoinAsync("r");
        await bob.JoinAsync("r");
        _redis.Kill();
        foreach (var each in (FakeLog[])[log, logOfTwo])
        {
            await Deadline.UntilAsync(() => each.Count("RedisIsAway") == 1, "the node has seen that Redis is away");
        }

        using var carol = await TestClient.WelcomedAsync(one.Address, "carol");
        await carol.SendAsync("""{"type":"join","room":"new"}""");
        Assert.Equal(
            """{"type":"error","reason":"redis is away: could not join room 'new', try again"}""",
            await carol.ReceiveTextAsync());

        await _redis.ResumeAsync();

        foreach (var each in (FakeLog[])[log, logOfTwo])
        {
            await Deadline.UntilAsync(() => each.Count("RedisIsBack") == 1, "the node has seen that Redis is back");
        }

        await Deadline.UntilAsync(
            async () => await _redis.CountSubscribersAsync("room:r") == 2, "both nodes subscribe to the room again");
        await Deadline.UntilAsync(
            async () => await _redis.CountSubscribersAsync("user:carol") == 1, "who came meanwhile is subscribed too");
        await bob.SendAsync("""{"type":"room","room":"r","data":"again"}""");
        var expected = """{"type":"room","room":"r","from":"bob","node":"ws-2","data":"again"}""";
        Assert.Equal(expected, await alice.ReceiveTextAsync());
        Assert.Equal(expected, await bob.ReceiveTextAsync());
        await bob.SendAsync("""{"type":"direct","to":"carol","data":"hello"}""");
        Assert.Contains("hello", await carol.ReceiveTextAsync(), StringComparison.Ordinal);
        Assert.Equal(1, log.Count("RedisIsAway"));
        Assert.Equal(1, log.Count("RedisIsBack"));
    }

    [Fact]
    public async Task ANodeStartedBeforeRedis_JoinsTheOthersWhenItIsThere()
    {
        _redis.Kill();
        var log = new FakeLog();
        await using var node = await TestNode.StartAsync(
            TestNode.Options with { Redis = _redis.Endpoint }, log.AddTo);
        using var alice = await TestClient.WelcomedAsync(node.Address, "alice");
        Assert.Equal(1, log.Count("RedisIsAway"));

        await _redis.ResumeAsync();

        await Deadline.UntilAsync(
            async () => await _redis.CountSubscribersAsync("user:alice") == 1, "the node subscribes to its user");
        await Deadline.UntilAsync(() => log.Count("RedisIsBack") == 1, "the node has seen that Redis is there");
        Assert.Equal(1, log.Count("RedisIsAway"));
    }

    [Fact]
    public async Task StoredMessagesOfTwoSenders_AreReceivedInTheSameOrderOnBothNodes()
    {
        await using var one = await TestNode.StartAsync("ws-1", _redis.Endpoint);
        await using var two = await TestNode.StartAsync("ws-2", _redis.Endpoint);
        using var alice = await TestClient.WelcomedAsync(one.Address, "alice");
        using var bob = await TestClient.WelcomedAsync(two.Address, "bob");
        await alice.JoinAsync("r");
        await bob.JoinAsync("r");

        await Task.WhenAll(SpeakAsync(alice), SpeakAsync(bob));

        for (var received = 0; received < 200; received++)
        {
            Assert.Equal(await NextAsync(alice), await NextAsync(bob));
        }

        static async Task<string> NextAsync(TestClient client)
        {
            while (true)
            {
                var text = await client.ReceiveTextAsync();
                if (text.StartsWith("""{"type":"room",""", StringComparison.Ordinal))
                {
                    return text;
                }
            }
        }

        static async Task SpeakAsync(TestClient client)
        {
            for (var number = 0; number < 100; number++)
            {
                await client.SendAsync($$"""{"type":"room","room":"r","id":"{{number}}","data":{{number}}}""");
            }
        }
    }
}
