using WsBalancer.BackendSample.Channels;

namespace WsBalancer.BackendSample.Tests.Support;

/// <summary>A bus that carries nothing, and whose subscriptions to some channels wait for the test.</summary>
internal sealed class FakeBus(params string[] waiting) : IMessageBus
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _waits;
    private int _publishes;

    public BusStatus Status { get; init; } = new("redis", IsAvailable: false, Received: 7);

    /// <summary>The result of each publish.</summary>
    public PublishOutcome Outcome { get; set; } = PublishOutcome.Published;

    /// <summary>The number of publishes.</summary>
    public int Publishes => Volatile.Read(ref _publishes);

    /// <summary>The number of subscriptions that have waited.</summary>
    public int Waits => Volatile.Read(ref _waits);

    public void Open() => _opened.SetResult();

    /// <summary>Fails the subscriptions that wait.</summary>
    public void Fail() => _opened.SetException(new InvalidOperationException("The test fails the subscription."));

    public async Task<bool> SubscribeAsync(string channel)
    {
        if (waiting.Contains(channel))
        {
            Interlocked.Increment(ref _waits);
            await _opened.Task;
        }

        return true;
    }

    public Task UnsubscribeAsync(string channel) => Task.CompletedTask;

    public Task<PublishOutcome> PublishAsync(string channel, ReadOnlyMemory<byte> message)
    {
        Interlocked.Increment(ref _publishes);
        return Task.FromResult(Outcome);
    }
}
