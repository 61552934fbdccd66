using WsBalancer.BackendSample.Channels;

namespace WsBalancer.BackendSample.Tests.Channels;

public sealed class SubscriptionsTests
{
    private readonly FakeBus _bus = new();
    private readonly Subscriptions _subscriptions;

    public SubscriptionsTests() => _subscriptions = new Subscriptions(_bus);

    [Fact]
    public async Task TheFirstReference_Subscribes_AndTheLastUnsubscribes()
    {
        Assert.True(await _subscriptions.AcquireAsync("a"));
        Assert.True(await _subscriptions.AcquireAsync("a"));
        await _subscriptions.ReleaseAsync("a");
        Assert.Equal(["+a"], _bus.Calls);

        await _subscriptions.ReleaseAsync("a");

        Assert.Equal(["+a", "-a"], _bus.Calls);
    }

    [Fact]
    public async Task Channels_AreCountedApart()
    {
        await _subscriptions.AcquireAsync("a");
        await _subscriptions.AcquireAsync("b");

        await _subscriptions.ReleaseAsync("a");

        Assert.Equal(["+a", "+b", "-a"], _bus.Calls);
    }

    [Fact]
    public async Task TheSecondReference_WaitsUntilTheChannelIsActive()
    {
        var subscribing = _bus.HoldNextCall();
        var first = _subscriptions.AcquireAsync("a");
        var second = _subscriptions.AcquireAsync("a");
        Assert.False(second.IsCompleted);

        subscribing.SetResult();

        Assert.True(await first);
        Assert.True(await second);
        Assert.Equal(["+a"], _bus.Calls);
    }

    [Fact]
    public async Task AReferenceTakenDuringTheUnsubscribe_SubscribesAfterIt()
    {
        await _subscriptions.AcquireAsync("a");
        var unsubscribing = _bus.HoldNextCall();
        var release = _subscriptions.ReleaseAsync("a");
        var acquire = _subscriptions.AcquireAsync("a");
        Assert.Equal(["+a", "-a"], _bus.Calls);

        unsubscribing.SetResult();
        await release;

        Assert.True(await acquire);
        Assert.Equal(["+a", "-a", "+a"], _bus.Calls);
    }

    [Fact]
    public async Task AReferenceReleasedDuringTheSubscribe_UnsubscribesAfterIt()
    {
        var subscribing = _bus.HoldNextCall();
        var acquire = _subscriptions.AcquireAsync("a");
        var release = _subscriptions.ReleaseAsync("a");
        Assert.False(release.IsCompleted);

        subscribing.SetResult();
        await acquire;
        await release;

        Assert.Equal(["+a", "-a"], _bus.Calls);
    }

    [Fact]
    public async Task TwoConcurrentReleases_DoNotEndANewSubscription()
    {
        await _subscriptions.AcquireAsync("a");
        var unsubscribing = _bus.HoldNextCall();
        var release = _subscriptions.ReleaseAsync("a");
        var acquire = _subscriptions.AcquireAsync("a");
        var secondRelease = _subscriptions.ReleaseAsync("a");
        unsubscribing.SetResult();
        await Task.WhenAll(release, acquire, secondRelease);

        await _subscriptions.AcquireAsync("a");
        await _subscriptions.ReleaseAsync("a");

        Assert.Equal("-a", _bus.Calls[^1]);
        Assert.Equal(_bus.Calls.Count(call => call == "+a"), _bus.Calls.Count(call => call == "-a"));
    }

    [Fact]
    public async Task WithTheBusDisconnected_TheReferenceIsKept_AndRetrySubscribes()
    {
        _bus.IsAway = true;
        Assert.False(await _subscriptions.AcquireAsync("a"));
        _bus.IsAway = false;

        await _subscriptions.RetryAsync();

        Assert.Equal(["+a", "+a"], _bus.Calls);
        Assert.True(await _subscriptions.AcquireAsync("a"));
        Assert.Equal(2, _bus.Calls.Count);
    }

    [Fact]
    public async Task AReferenceReleasedWhileTheBusIsDisconnected_IsNotRetried()
    {
        _bus.IsAway = true;
        await _subscriptions.AcquireAsync("a");
        await _subscriptions.ReleaseAsync("a");
        _bus.IsAway = false;

        await _subscriptions.RetryAsync();

        Assert.Equal(["+a"], _bus.Calls);
    }

    [Fact]
    public async Task ManyAtOnce_NeverOverlapOnOneChannel_AndEndUnsubscribed()
    {
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 2_000),
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (_, _) =>
            {
                Assert.True(await _subscriptions.AcquireAsync("a"));
                await _subscriptions.ReleaseAsync("a");
            });

        Assert.Equal(0, _bus.Overlaps);
        Assert.Equal("-a", _bus.Calls[^1]);
        Assert.All(_bus.Calls.Chunk(2), pair => Assert.Equal(["+a", "-a"], pair));
    }

    private sealed class FakeBus : IMessageBus
    {
        private readonly Lock _lock = new();
        private readonly List<string> _calls = [];
        private TaskCompletionSource? _held;
        private int _running;

        public BusStatus Status => new("fake", IsAvailable: true, Received: 0);

        public bool IsAway { get; set; }

        public int Overlaps { get; private set; }

        public IReadOnlyList<string> Calls
        {
            get
            {
                lock (_lock)
                {
                    return [.. _calls];
                }
            }
        }

        public TaskCompletionSource HoldNextCall() =>
            _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task<bool> SubscribeAsync(string channel)
        {
            await RecordAsync($"+{channel}");
            return !IsAway;
        }

        public Task UnsubscribeAsync(string channel) => RecordAsync($"-{channel}");

        public Task<PublishOutcome> PublishAsync(string channel, ReadOnlyMemory<byte> message) =>
            throw new NotSupportedException();

        private async Task RecordAsync(string call)
        {
            TaskCompletionSource? held;
            lock (_lock)
            {
                _calls.Add(call);
                Overlaps += _running++ > 0 ? 1 : 0;
                (held, _held) = (_held, null);
            }

            await Task.Yield();
            if (held is not null)
            {
                await held.Task;
            }

            lock (_lock)
            {
                _running--;
            }
        }
    }
}
