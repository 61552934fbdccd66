using StackExchange.Redis;
using WsBalancer.BackendSample.Channels;

namespace WsBalancer.BackendSample.Redis;

/// <summary>Carries messages between nodes over Redis pub/sub; while Redis is away, only within this node.</summary>
/// <remarks>
/// A message reaches the local audience through Redis too, so that all nodes receive the messages of a channel in the
/// same order. Pub/sub delivers at most once: a disconnected node misses the messages sent in that time. No failure of
/// Redis leaves this class as an exception: an exception would end the session of the user who sent the message.
/// </remarks>
internal sealed class RedisBus(RedisLink link, NodeOptions node, Audience audience, ILogger<RedisBus> logger)
    : IMessageBus, IAsyncDisposable
{
    private static readonly TimeSpan ReplyTimeout = TimeSpan.FromSeconds(2);

    private volatile RedisSubscriber? _subscriber;
    private volatile bool _isDisposed;

    /// <summary>Completes when the loss of the connection has been handled.</summary>
    private Task _losing = Task.CompletedTask;

    /// <summary>The messages of the connections before this one.</summary>
    private long _received;

    /// <summary>Notifies that no channel is subscribed any more. The link is away then.</summary>
    public event Action? Lost;

    /// <summary>Whether subscribed channels are received.</summary>
    public bool IsConnected => _subscriber is { Lost.IsCompleted: false };

    public BusStatus Status => new(
        node.Bus is BusKind.Embedded ? "embedded" : "redis", !link.IsAway, _received + (_subscriber?.Received ?? 0));

    /// <summary>Checks the connection that subscribes, or makes one.</summary>
    /// <returns>Whether Redis answers on it.</returns>
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

    public async Task<PublishOutcome> PublishAsync(string channel, ReadOnlyMemory<byte> message)
    {
        // Not sent: a hanging Redis would deliver the message a second time when it continues.
        if (link.IsAway)
        {
            return DeliverLocally(channel, message);
        }

        try
        {
            await link.Keys.PublishAsync(RedisChannel.Literal(channel), message);
            return PublishOutcome.Published;
        }
        catch (RedisConnectionException failure) when (RedisLink.WasNeverSent(failure))
        {
            link.NoteFailure(failure);
            return DeliverLocally(channel, message);
        }
        catch (Exception failure)
        {
            RedisLog.PublishFailed(logger, channel, failure);
            link.NoteFailure(failure);
            return PublishOutcome.Unknown;
        }
    }

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

    private PublishOutcome DeliverLocally(string channel, ReadOnlyMemory<byte> message)
    {
        audience.Deliver(channel, message);
        return PublishOutcome.LocalOnly;
    }
}
