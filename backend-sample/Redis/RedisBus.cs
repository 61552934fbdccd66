using StackExchange.Redis;
using WsBalancer.BackendSample.Channels;

namespace WsBalancer.BackendSample.Redis;

/// <summary>Carries messages between nodes over Redis pub/sub; while Redis is away, only within this node.</summary>
/// <remarks>
/// The members on this node receive messages that are not stored before Redis does. Pub/sub delivers at most once: a
/// disconnected node misses the messages sent in that time. No failure of Redis leaves this class as an exception: an
/// exception would end the session of the user who sent the message.
/// </remarks>
internal sealed class RedisBus(RedisLink link, NodeOptions node, Audience audience, ILogger<RedisBus> logger)
    : IRedisBus, IAsyncDisposable
{
    private static readonly TimeSpan ReplyTimeout = TimeSpan.FromSeconds(2);

    private readonly LocalFirst _local = new(audience);

    private volatile RedisSubscriber? _subscriber;
    private volatile bool _isDisposed;

    /// <summary>Completes when the loss of the connection has been handled.</summary>
    private Task _losing = Task.CompletedTask;

    /// <summary>The messages of the connections before this one.</summary>
    private long _received;

    public event Action? Lost;

    public bool KeepsSubscriptions => false;

    public bool IsConnected => _subscriber is { Lost.IsCompleted: false };

    public BusStatus Status => new(
        node.Bus is BusKind.Embedded ? "embedded" : "redis", !link.IsAway, _received + (_subscriber?.Received ?? 0));

    public async Task<bool> ConnectAsync()
    {
        if (_subscriber is { } current)
        {
            return await current.PingAsync(ReplyTimeout) && IsConnected;
        }

        var subscriber = await RedisSubscriber.ConnectAsync(
            link.Endpoint, $"ws-node:{node.Name}:channels", audience, ReplyTimeout, logger);
        if (subscriber is null)
        {
            return false;
        }

        _subscriber = subscriber;
        _losing = subscriber.Lost.ContinueWith(
            _ => HandleLoss(subscriber), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return true;
    }

    public async Task<bool> SubscribeAsync(string channel)
    {
        var isSubscribed = _subscriber is { } subscriber && await subscriber.SubscribeAsync(channel);
        if (!isSubscribed)
        {
            RedisLog.SubscribeFailed(logger, channel);
        }

        return isSubscribed;
    }

    public Task UnsubscribeAsync(string channel) =>
        _subscriber is { } subscriber ? subscriber.UnsubscribeAsync(channel) : Task.CompletedTask;

    public Task<PublishOutcome> PublishAsync(string channel, ReadOnlyMemory<byte> message) =>
        _local.PublishAsync(channel, message, frame => SendAsync(channel, frame));

    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        if (_subscriber is { } subscriber)
        {
            await subscriber.DisposeAsync();
        }

        await _losing;
    }

    private void HandleLoss(RedisSubscriber lost)
    {
        // The node itself ends the connection in an orderly shutdown.
        if (_isDisposed)
        {
            return;
        }

        if (lost.Failure is { } failure)
        {
            RedisLog.SubscriberFailed(logger, failure);
        }

        // First the link: a read of stored messages that begins now would miss those that are published from now on.
        link.SetUnavailable();
        Lost?.Invoke();

        // Last, because a new connection is made when there is none, and its subscriptions must not be reset.
        _received += lost.Received;
        Interlocked.CompareExchange(ref _subscriber, null, lost);
    }

    private async Task<PublishOutcome> SendAsync(string channel, ReadOnlyMemory<byte> frame)
    {
        // Not sent: a hanging Redis would deliver the message late when it continues.
        if (link.IsAway)
        {
            return PublishOutcome.LocalOnly;
        }

        try
        {
            await link.Keys.PublishAsync(RedisChannel.Literal(channel), frame);
            return PublishOutcome.Published;
        }
        catch (Exception failure)
        {
            return link.OutcomeOf(failure, channel);
        }
    }
}
