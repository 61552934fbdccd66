using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using WsBalancer.BackendSample.Presence;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Presence;

/// <summary>A node without other nodes, and one whose store does not answer.</summary>
public sealed class LoneNodeTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromMinutes(5);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task OnTheLocalBus_MembersGetAnswers_AndPushes()
    {
        await using var node = await StartAsync(Delay);
        using var alice = await TestClient.MemberAsync(node.Address, "alice");
        using var bob = await TestClient.MemberAsync(node.Address, "bob");
        Assert.Equal("alice 1 ws-1; bob 1 ws-1", await PresenceClient.RequestAsync(alice));
        await PresenceClient.PublishedAsync(node, 2, _time);

        _time.Advance(Delay);

        Assert.Equal(("alice 1 ws-1; bob 1 ws-1", ""), await PresenceClient.ReceivePushAsync(bob));
    }

    [Fact]
    public async Task MoreUsersThanFitIntoOnePush_FollowInTheNext()
    {
        await using var node = await StartAsync(Delay);
        using var alice = await TestClient.MemberAsync(node.Address, "alice");
        var others = new List<TestClient>();
        for (var number = 0; number < PresencePushes.MaxUsers; number++)
        {
            others.Add(await TestClient.MemberAsync(node.Address, $"u{number}"));
        }

        await PresenceClient.PublishedAsync(node, PresencePushes.MaxUsers + 1, _time);
        _time.Advance(Delay);
        var (first, _) = await PresenceClient.ReceivePushAsync(alice);
        _time.Advance(Delay);
        var (second, _) = await PresenceClient.ReceivePushAsync(alice);

        Assert.Equal(PresencePushes.MaxUsers, first.Split(';').Length);
        Assert.Equal(
            PresencePushes.MaxUsers + 1,
            first.Split("; ").Concat(second.Split("; ")).Distinct(StringComparer.Ordinal).Count());
        others.ForEach(other => other.Dispose());
    }

    [Fact]
    public async Task WithoutADelay_NothingIsPushed()
    {
        await using var node = await StartAsync(TimeSpan.Zero);
        using var alice = await TestClient.MemberAsync(node.Address, "alice");
        await PresenceClient.PublishedAsync(node, 1, _time);

        _time.Advance(Delay);

        Assert.Equal("alice 1 ws-1", await PresenceClient.RequestAsync(alice));
        Assert.Equal(0, node.Presence.Pushes);
    }

    [Fact]
    public async Task AStoreThatDoesNotAnswer_DelaysNoJoin_AndNoLeave()
    {
        var store = new FakePresenceStore();
        await using var node = await TestNode.StartAsync(
            TestNode.Options,
            services => services.AddSingleton<TimeProvider>(_time).AddSingleton<IPresenceStore>(store));
        using var alice = await TestClient.MemberAsync(node.Address, "alice");
        await Deadline.UntilAsync(
            () =>
            {
                _time.Advance(PresenceWriter.Interval);
                return store.Writes == 1;
            },
            "a write waits");

        await alice.JoinAsync("other");
        await alice.SendAsync("""{"type":"leave","room":"other"}""");

        Assert.Equal("""{"type":"left","room":"other"}""", await alice.ReceiveTextAsync());
        Assert.Equal((1, 0), (store.Writes, node.Presence.Writes));
        store.Write(isWritten: true);
    }

    [Fact]
    public async Task AStoreThatFails_IsWrittenAgain_AfterASecond()
    {
        var store = new FakePresenceStore();
        store.Write(isWritten: false);
        await using var node = await TestNode.StartAsync(
            TestNode.Options,
            services => services.AddSingleton<TimeProvider>(_time).AddSingleton<IPresenceStore>(store));
        using var alice = await TestClient.MemberAsync(node.Address, "alice");
        await Deadline.UntilAsync(
            () =>
            {
                _time.Advance(PresenceWriter.Interval);
                return store.Writes == 1;
            },
            "a write has failed");
        var failedAt = _time.GetTimestamp();

        await Deadline.UntilAsync(
            () =>
            {
                _time.Advance(PresenceWriter.Interval);
                return store.Writes == 2;
            },
            "the write is repeated");

        Assert.True(_time.GetElapsedTime(failedAt) >= TimeSpan.FromSeconds(1) - PresenceWriter.Interval);
    }

    private Task<TestNode> StartAsync(TimeSpan delay) => TestNode.StartAsync(
        TestNode.Options with { PresenceDelay = delay }, services => services.AddSingleton<TimeProvider>(_time));
}
