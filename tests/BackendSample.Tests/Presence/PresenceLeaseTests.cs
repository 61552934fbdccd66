using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Presence;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Presence;

/// <summary>Nodes that are killed, and a Redis that restarts: no user remains who is not there, and none is missing.
/// </summary>
public sealed class PresenceLeaseTests : RedisTest
{
    // Longer than the time that passes until the lease is swept.
    private static readonly TimeSpan Delay = TimeSpan.FromHours(1);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task TheUsersOfAKilledNode_EndWithItsLease_AndTheirEndIsPushed()
    {
        using var process = StartProcess();
        using var alice = await TestClient.MemberAsync(new Uri(await process.ReadAddressAsync()), "alice");
        await using var node = await StartAsync(Delay);
        using var bob = await TestClient.MemberAsync(node.Address, "bob");
        var lease = await FindLeaseAsync("ws-1", "alice");
        await PresenceClient.PublishedAsync(node, 1, _time);
        await PresenceClient.ReceiveRoomMessageAsync(bob, bob);
        _time.Advance(Delay);
        Assert.Contains("bob 1 ws-2", (await PresenceClient.ReceivePushAsync(bob)).Joined, StringComparison.Ordinal);

        await KillAsync(process);
        Assert.InRange((await Database.KeyTimeToLiveAsync(PresenceKeys.Lease(lease)))!.Value.TotalSeconds, 0.1, 15);
        await Database.KeyDeleteAsync(PresenceKeys.Lease(lease));
        await UntilAsync(
            async () => !await Database.SetContainsAsync(PresenceKeys.Leases, lease), "the lease is swept");
        await PresenceClient.ReceiveRoomMessageAsync(bob, bob);
        _time.Advance(Delay);

        Assert.Equal(("", "alice"), await PresenceClient.ReceivePushAsync(bob));
        Assert.False(await Database.KeyExistsAsync(PresenceKeys.UsersIn("r", lease)));
        Assert.False(await Database.KeyExistsAsync(PresenceKeys.RoomsOf(lease)));
        Assert.False(await Database.SetContainsAsync(PresenceKeys.LeasesIn("r"), lease));
    }

    [Fact]
    public async Task UsersWhoseLeaseHasEnded_AreInNoAnswer_EvenBeforeTheyAreRemoved()
    {
        await using var node = await StartAsync(TimeSpan.Zero);
        using var bob = await TestClient.MemberAsync(node.Address, "bob");
        const string Lease = "ws-1:0123";
        await Database.StringSetAsync(PresenceKeys.Lease(Lease), "");
        await Database.SetAddAsync(PresenceKeys.LeasesIn("r"), Lease);
        await Database.HashSetAsync(PresenceKeys.UsersIn("r", Lease), "alice", 1);
        Assert.Equal("alice 1 ws-1; bob 1 ws-2", await PresenceClient.RequestAsync(bob));

        await Database.KeyDeleteAsync(PresenceKeys.Lease(Lease));

        Assert.Equal("bob 1 ws-2", await PresenceClient.RequestAsync(bob));
    }

    [Fact]
    public async Task ANodeThatWasKilledAndRestarted_HasNoGhosts()
    {
        await using var node = await StartAsync(TimeSpan.Zero);
        using var bob = await TestClient.MemberAsync(node.Address, "bob");
        using var process = StartProcess();
        var address = new Uri(await process.ReadAddressAsync());
        using var before = await TestClient.MemberAsync(address, "alice");
        using var carol = await TestClient.MemberAsync(address, "carol");
        await PresenceClient.UntilAsync(bob, "alice 1 ws-1; bob 1 ws-2; carol 1 ws-1", _time);
        var former = await FindLeaseAsync("ws-1", "alice");
        await KillAsync(process);

        using var restarted = StartProcess();
        using var alice = await TestClient.MemberAsync(new Uri(await restarted.ReadAddressAsync()), "alice");

        var lease = await FindLeaseAsync("ws-1", "alice", former);
        Assert.NotEqual(former, lease);
        Assert.Equal("alice 1 ws-1; bob 1 ws-2", await PresenceClient.RequestAsync(bob));
    }

    [Fact]
    public async Task UsersWhoseEndCannotBeAnnounced_AreRemovedWhenItCan()
    {
        const string Lease = "ws-1:0123";
        await Database.SetAddAsync(PresenceKeys.Leases, Lease);
        await Database.SetAddAsync(PresenceKeys.RoomsOf(Lease), "r");
        await Database.HashSetAsync(
            PresenceKeys.UsersIn("r", Lease),
            [.. Enumerable.Range(0, 501).Select(number => new HashEntry($"user-{number}", 1))]);
        var bus = new FakeBus { Outcome = PublishOutcome.LocalOnly };
        await using var node = await StartAsync(TimeSpan.Zero, bus: bus);

        await UntilAsync(() => Task.FromResult(bus.Publishes > 1), "the announcement is repeated");
        Assert.True(await Database.KeyExistsAsync(PresenceKeys.UsersIn("r", Lease)));
        bus.Outcome = PublishOutcome.Published;
        await UntilAsync(
            async () => !await Database.SetContainsAsync(PresenceKeys.Leases, Lease), "the lease is swept");

        Assert.False(await Database.KeyExistsAsync(PresenceKeys.UsersIn("r", Lease)));
    }

    [Fact]
    public async Task EveryFiveSeconds_TheLeaseIsRenewed()
    {
        await using var node = await StartAsync(TimeSpan.Zero);
        using var bob = await TestClient.MemberAsync(node.Address, "bob");
        var lease = await FindLeaseAsync("ws-2", "bob");
        var key = PresenceKeys.Lease(lease);
        await Database.KeyPersistAsync(key);

        _time.Advance(PresenceLease.Interval);

        await Deadline.UntilAsync(async () => await Database.KeyTimeToLiveAsync(key) is not null, "it is renewed");
        Assert.InRange((await Database.KeyTimeToLiveAsync(key))!.Value.TotalSeconds, 0.1, 15);
        Assert.Equal(lease, await FindLeaseAsync("ws-2", "bob"));
    }

    [Fact]
    public async Task ANodeWhoseLeaseHasEndedByMistake_IsPublishedAgain_WithANewOne()
    {
        await using var node = await StartAsync(TimeSpan.Zero);
        using var bob = await TestClient.MemberAsync(node.Address, "bob");
        await using var other = await StartAsync(TimeSpan.Zero, "ws-1");
        using var alice = await TestClient.MemberAsync(other.Address, "alice");
        var former = await FindLeaseAsync("ws-2", "bob");
        await Database.KeyDeleteAsync(PresenceKeys.Lease(former));
        Assert.Equal("alice 1 ws-1", await PresenceClient.RequestAsync(alice));

        _time.Advance(PresenceLease.Interval);

        Assert.NotEqual(former, await FindLeaseAsync("ws-2", "bob", former));
        await PresenceClient.UntilAsync(alice, "alice 1 ws-1; bob 1 ws-2", _time);
        await UntilAsync(
            async () => !await Database.KeyExistsAsync(PresenceKeys.UsersIn("r", former)),
            "the former users are removed");
    }

    [Fact]
    public async Task WhileRedisIsAway_AnswersArePartial_AndAfterItsRestartTheyAreWhole()
    {
        await using var one = await StartAsync(TimeSpan.Zero, "ws-1");
        await using var two = await StartAsync(TimeSpan.Zero);
        using var alice = await TestClient.MemberAsync(one.Address, "alice");
        using var bob = await TestClient.MemberAsync(two.Address, "bob");
        using var carol = await TestClient.MemberAsync(two.Address, "carol");
        await PresenceClient.UntilAsync(alice, "alice 1 ws-1; bob 1 ws-2; carol 1 ws-2", _time);

        Redis.Kill();
        await PresenceClient.UntilAsync(alice, "alice 1 ws-1 (partial)", _time);
        await carol.SendAsync("""{"type":"leave","room":"r"}""");
        await carol.ReceiveTextAsync();
        await Redis.ResumeAsync();

        await PresenceClient.UntilAsync(alice, "alice 1 ws-1; bob 1 ws-2", _time);
        await PresenceClient.UntilAsync(bob, "alice 1 ws-1; bob 1 ws-2", _time);
    }

    [Fact]
    public async Task ANodeThatStops_LeavesNothingBehind_ButAnIdThatIsSwept()
    {
        await using (var node = await StartAsync(TimeSpan.Zero))
        {
            using var bob = await TestClient.MemberAsync(node.Address, "bob");
            await PresenceClient.PublishedAsync(node, 1, _time);
            bob.Socket.Abort();
        }

        var keys = (RedisKey[])(await Database.ExecuteAsync("KEYS", "*"))!;

        Assert.Equal([PresenceKeys.Leases], keys);
    }

    private ServerProcess StartProcess() => NodeProcess.Start(
        "serve", "--urls", "http://127.0.0.1:0", "--name", "ws-1", "--redis", $"{Redis.Endpoint}",
        "--presence-delay", "off");

    private static async Task KillAsync(ServerProcess process)
    {
        await process.SignalAsync("KILL");
        await process.WaitForExitAsync();
    }

    private Task<TestNode> StartAsync(TimeSpan delay, string name = "ws-2", IMessageBus? bus = null) =>
        TestNode.StartAsync(
            TestNode.Options with { Name = name, Redis = Redis.Endpoint, PresenceDelay = delay },
            services =>
            {
                services.AddSingleton<TimeProvider>(_time);
                if (bus is not null)
                {
                    services.AddSingleton(bus);
                }
            });

    /// <summary>Waits for a condition, while the time of sweeps passes.</summary>
    private Task UntilAsync(Func<Task<bool>> fact, string description) => Deadline.UntilAsync(
        () =>
        {
            _time.Advance(PresenceLease.Interval);
            return fact();
        },
        description);

    /// <summary>The lease of a node that has published the user.</summary>
    private async Task<string> FindLeaseAsync(string node, string user, string former = "")
    {
        var found = "";
        await Deadline.UntilAsync(
            async () =>
            {
                _time.Advance(PresenceWriter.Interval);
                var leases = await Database.SetMembersAsync(PresenceKeys.LeasesIn("r"));
                foreach (var lease in leases.Select(lease => lease.ToString()))
                {
                    var isFound = lease != former && PresenceKeys.NodeOf(lease) == node
                        && await Database.HashExistsAsync(PresenceKeys.UsersIn("r", lease), user);
                    found = isFound ? lease : found;
                }

                return found.Length > 0;
            },
            $"{user} is published by {node}");
        return found;
    }
}
