using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using WsBalancer.BackendSample.Redis;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Presence;

/// <summary>Two nodes and a Redis of either kind: each knows who is in a room on the other.</summary>
public abstract class PresenceFleetTests : IAsyncLifetime
{
    // Much longer than the interval of the writes, so that a slow machine publishes all changes before it ends.
    private static readonly TimeSpan Delay = TimeSpan.FromMinutes(5);

    private readonly FakeTimeProvider _time = new();
    private TestNode _one = null!;
    private TestNode _two = null!;

    public async ValueTask InitializeAsync()
    {
        var redis = await StartRedisAsync();
        _one = await StartAsync("ws-1", redis);
        _two = await StartAsync("ws-2", redis);
    }

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
        await StopRedisAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task AnAnswer_HasTheUsersOfBothNodes_WithTheirDevices()
    {
        using var alice = await TestClient.MemberAsync(_one.Address, "alice");
        using var bobHere = await TestClient.MemberAsync(_one.Address, "bob");
        using var bobThere = await TestClient.MemberAsync(_two.Address, "bob");
        using var phone = await TestClient.MemberAsync(_two.Address, "bob");
        using var carol = await TestClient.MemberAsync(_two.Address, "carol");

        const string Users = "alice 1 ws-1; bob 3 ws-1,ws-2; carol 1 ws-2";
        await PresenceClient.UntilAsync(alice, Users, _time);
        await PresenceClient.UntilAsync(carol, Users, _time);

        phone.Socket.Abort();
        bobHere.Socket.Abort();
        await carol.SendAsync("""{"type":"leave","room":"r"}""");
        await PresenceClient.UntilAsync(alice, "alice 1 ws-1; bob 1 ws-2", _time);
        await PresenceClient.UntilAsync(bobThere, "alice 1 ws-1; bob 1 ws-2", _time);
    }

    [Fact]
    public async Task AUserWhoIsNoMember_IsRefused_AlsoAfterLeaving()
    {
        const string Refusal = """{"type":"error","id":"p1","reason":"not a member of room 'r': join it first"}""";
        using var alice = await TestClient.WelcomedAsync(_one.Address, "alice");
        await alice.SendAsync("""{"type":"presence","room":"r","id":"p1"}""");
        Assert.Equal(Refusal, await alice.ReceiveTextAsync());
        await alice.JoinAsync("r");
        await alice.SendAsync("""{"type":"leave","room":"r"}""");
        await alice.ReceiveTextAsync();

        await alice.SendAsync("""{"type":"presence","room":"r","id":"p1"}""");

        Assert.Equal(Refusal, await alice.ReceiveTextAsync());
    }

    [Fact]
    public async Task Changes_ArePushedOnce_AfterTheDelay()
    {
        using var alice = await TestClient.MemberAsync(_one.Address, "alice");
        using var bob = await TestClient.MemberAsync(_two.Address, "bob");
        await PresenceClient.PublishedAsync(_one, 1, _time);
        await PresenceClient.PublishedAsync(_two, 1, _time);
        await PresenceClient.ReceiveRoomMessageAsync(alice, alice, bob);
        await PresenceClient.ReceiveRoomMessageAsync(bob, alice, bob);
        Assert.Equal((0, 0), (_one.Presence.Pushes, _two.Presence.Pushes));

        _time.Advance(Delay);

        Assert.Equal(("alice 1 ws-1; bob 1 ws-2", ""), await PresenceClient.ReceivePushAsync(alice));
        Assert.Equal(("alice 1 ws-1; bob 1 ws-2", ""), await PresenceClient.ReceivePushAsync(bob));
        bob.Socket.Abort();
        await PresenceClient.PublishedAsync(_two, 2, _time);
        await PresenceClient.UntilAsync(alice, "alice 1 ws-1", _time);
        await PresenceClient.ReceiveRoomMessageAsync(alice, alice);
        _time.Advance(Delay);
        Assert.Equal(("", "bob"), await PresenceClient.ReceivePushAsync(alice));
        _time.Advance(Delay);
        Assert.Equal("alice 1 ws-1", await PresenceClient.RequestAsync(alice));
        Assert.Equal(2, _one.Presence.Pushes);
    }

    [Fact]
    public async Task AHundredUsersWhoMoveAtOnce_AreOnePush_WithTheirNewNodes()
    {
        using var alice = await TestClient.MemberAsync(_two.Address, "alice");
        var before = await ConnectAsync(_one);
        await PresenceClient.PublishedAsync(_one, 100, _time);
        await PresenceClient.PublishedAsync(_two, 1, _time);
        await PresenceClient.ReceiveRoomMessageAsync(before[0], alice);
        _time.Advance(Delay);
        await PresenceClient.ReceivePushAsync(alice);
        _time.Advance(Delay);
        await PresenceClient.ReceivePushAsync(alice);

        before.ForEach(client => client.Socket.Abort());
        var after = await ConnectAsync(_two);
        await PresenceClient.PublishedAsync(_one, 200, _time);
        await PresenceClient.PublishedAsync(_two, 101, _time);
        await PresenceClient.ReceiveRoomMessageAsync(alice, alice);
        _time.Advance(Delay);

        var (joined, left) = await PresenceClient.ReceivePushAsync(alice);
        Assert.Equal(string.Join("; ", Enumerable.Range(0, 100).Select(number => $"u{number:D2} 1 ws-2")), joined);
        Assert.Equal("", left);
        Assert.Equal(3, _two.Presence.Pushes);
        after.ForEach(client => client.Dispose());
    }

    private static async Task<List<TestClient>> ConnectAsync(TestNode node)
    {
        var clients = new List<TestClient>();
        for (var number = 0; number < 100; number++)
        {
            clients.Add(await TestClient.MemberAsync(node.Address, $"u{number:D2}"));
        }

        return clients;
    }

    private Task<TestNode> StartAsync(string name, EndPoint redis) => TestNode.StartAsync(
        TestNode.Options with { Name = name, Redis = redis, PresenceDelay = Delay },
        services => services.AddSingleton<TimeProvider>(_time));

    private protected abstract Task<EndPoint> StartRedisAsync();

    private protected abstract ValueTask StopRedisAsync();
}

public sealed class PresenceFleetOverRedisServerTests : PresenceFleetTests
{
    private RedisServer? _redis;

    private protected override async Task<EndPoint> StartRedisAsync() =>
        (_redis = await RedisServer.StartAsync()).Endpoint;

    private protected override ValueTask StopRedisAsync() => _redis!.DisposeAsync();
}

public sealed class PresenceFleetOverEmbeddedRedisTests : PresenceFleetTests
{
    private EmbeddedRedis? _redis;

    private protected override Task<EndPoint> StartRedisAsync() =>
        Task.FromResult<EndPoint>((_redis = EmbeddedRedis.Start(IPAddress.Loopback, 0)).Endpoint);

    private protected override ValueTask StopRedisAsync()
    {
        _redis!.Dispose();
        return ValueTask.CompletedTask;
    }
}
