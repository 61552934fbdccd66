using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using WsBalancer.BackendSample.Benchmark;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Serving;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Benchmark;

/// <summary>The messages that the benchmark of a bus counts as lost.</summary>
public sealed class BusBenchmarkTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private BusHost? _node;

    public async ValueTask DisposeAsync()
    {
        if (_node is not null)
        {
            await _node.DisposeAsync();
        }
    }

    [Fact]
    public async Task MessagesThatAreLate_AreNotLost()
    {
        var figures = await RunAsync(isStored: false, bus => bus.Delay = TimeSpan.FromSeconds(3));

        Assert.Equal((0, 0), (figures!.Failed, figures.Lost));
        Assert.True(figures.Median >= TimeSpan.FromSeconds(3), $"{figures.Median}");
    }

    [Fact]
    public async Task MessagesThatTheBusDrops_AreLost()
    {
        var figures = await RunAsync(isStored: false, bus => bus.Dropped = 100);

        Assert.Equal((0, 100), (figures!.Failed, figures.Lost));
    }

    [Fact]
    public async Task StoredMessagesThatTheBusDrops_AreReadFromTheStore()
    {
        var figures = await RunAsync(isStored: true, bus => bus.Dropped = 100);

        Assert.Equal((0, 0), (figures!.Failed, figures.Lost));
    }

    [Fact]
    public async Task ABusThatDoesNotSubscribe_HasNoFigures() =>
        Assert.Null(await RunAsync(isStored: true, bus => bus.CanSubscribe = false));

    private async Task<BenchFigures?> RunAsync(bool isStored, Action<UnevenBus> configure)
    {
        _node = await BusHost.StartAsync(
            TestNode.Options,
            Deadline.Token,
            services => services.AddSingleton<IMessageBus>(provider =>
            {
                var bus = new UnevenBus(
                    provider.GetRequiredService<Audience>(), provider.GetRequiredService<LocalStore>(), _time);
                configure(bus);
                return bus;
            }));
        var options = new BenchOptions(TimeSpan.FromSeconds(1), Size: 64);
        var running = new BusBenchmark(_node, _node, options, _time).RunAsync(isStored, Deadline.Token);
        while (!running.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(5));
            await Task.Yield();
        }

        return await running;
    }

    /// <summary>A bus that drops its first messages, and delivers the others late.</summary>
    private sealed class UnevenBus : IMessageBus
    {
        private readonly Audience _audience;
        private readonly TimeProvider _time;
        private readonly List<ITimer> _timers = [];
        private int _published;

        public UnevenBus(Audience audience, LocalStore store, TimeProvider time)
        {
            (_audience, _time) = (audience, time);
            store.Appended += Deliver;
        }

        public TimeSpan Delay { get; set; } = TimeSpan.FromMilliseconds(5);

        public int Dropped { get; set; }

        public bool CanSubscribe { get; set; } = true;

        public BusStatus Status => new("local", IsAvailable: true, Received: 0);

        public Task<bool> SubscribeAsync(string channel) => Task.FromResult(CanSubscribe);

        public Task UnsubscribeAsync(string channel) => Task.CompletedTask;

        public Task<PublishOutcome> PublishAsync(string channel, ReadOnlyMemory<byte> message)
        {
            Deliver(channel, message);
            return Task.FromResult(PublishOutcome.Published);
        }

        private void Deliver(string channel, ReadOnlyMemory<byte> frame)
        {
            if (++_published > Dropped)
            {
                _timers.Add(_time.CreateTimer(
                    _ => _audience.Deliver(channel, frame), null, Delay, Timeout.InfiniteTimeSpan));
            }
        }
    }
}
