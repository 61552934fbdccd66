using System.Net;
using StackExchange.Redis;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Redis;

/// <summary>Carries messages between nodes over Redis pub/sub; while Redis is away, only within this node.</summary>
/// <remarks>
/// A message reaches the local audience through Redis too, so that all nodes see the messages of a channel in one
/// order. Pub/sub is at most once: a node that is away misses what is said meanwhile.
/// </remarks>
internal sealed class RedisBus(EndPoint endpoint, string node, Audience audience, ILogger<RedisBus> logger)
    : IMessageBus, IAsyncDisposable
{
    private ConnectionMultiplexer? _connection;
    private int _isAway;

    /// <summary>What is kept in the same Redis, for as long as it is there.</summary>
    public IDatabase Keys => _connection!.GetDatabase();

    private ISubscriber Redis => _connection!.GetSubscriber();

    /// <summary>Connects. A Redis that is away is no failure: the connection is made when it is there.</summary>
    public async Task ConnectAsync()
    {
        var options = new ConfigurationOptions
        {
            EndPoints = { endpoint },
            ClientName = $"ws-node:{node}",
            AbortOnConnectFail = false,
            ConnectRetry = 1,
            ConnectTimeout = 2000,
            // A sender waits for at most this long when Redis hangs; a Redis that is away answers "no" at once.
            AsyncTimeout = 2000,
            BacklogPolicy = BacklogPolicy.FailFast,
            ReconnectRetryPolicy = new ExponentialRetry(100, 2000),
        };
        _connection = await ConnectionMultiplexer.ConnectAsync(options);
        _connection.ConnectionFailed += (_, _) => NoteAway();
        if (!_connection.IsConnected)
        {
            NoteAway();
        }
    }

    /// <summary>Whether Redis is there, noting the change in the log once.</summary>
    public bool IsConnected()
    {
        if (_connection is not { IsConnected: true })
        {
            NoteAway();
            return false;
        }

        if (Interlocked.Exchange(ref _isAway, 0) == 1)
        {
            RedisLog.RedisIsBack(logger, endpoint);
        }

        return true;
    }

    public async Task<bool> SubscribeAsync(string channel)
    {
        try
        {
            // A queue keeps the order of the messages; the overload with a handler does not promise it.
            var messages = await Redis.SubscribeAsync(RedisChannel.Literal(channel));
            messages.OnMessage(message => audience.Deliver(channel, message.Message));
            return true;
        }
        catch (RedisException failure)
        {
            RedisLog.SubscribeFailed(logger, channel, failure);
            // The client library has noted the channel all the same, with a queue that nobody reads: forget it.
            await UnsubscribeAsync(channel);
            return false;
        }
    }

    public async Task UnsubscribeAsync(string channel)
    {
        try
        {
            await Redis.UnsubscribeAsync(RedisChannel.Literal(channel));
        }
        catch (RedisException failure)
        {
            // Forgotten locally before it is sent; a Redis that is away has forgotten it too.
            RedisLog.UnsubscribeFailed(logger, channel, failure);
        }
    }

    public async Task<PublishOutcome> PublishAsync(string channel, ReadOnlyMemory<byte> message)
    {
        try
        {
            await Redis.PublishAsync(RedisChannel.Literal(channel), message);
            return PublishOutcome.Published;
        }
        catch (RedisConnectionException failure) when (WasNeverSent(failure))
        {
            NoteAway();
            audience.Deliver(channel, message);
            return PublishOutcome.LocalOnly;
        }
        catch (RedisException failure)
        {
            RedisLog.PublishFailed(logger, channel, failure);
            return PublishOutcome.Unknown;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }
    }

    private static bool WasNeverSent(RedisConnectionException failure) =>
        failure.FailureType is ConnectionFailureType.UnableToResolvePhysicalConnection
            or ConnectionFailureType.UnableToConnect
        || failure.CommandStatus is CommandStatus.WaitingToBeSent or CommandStatus.WaitingInBacklog;

    private void NoteAway()
    {
        if (Interlocked.Exchange(ref _isAway, 1) == 0)
        {
            RedisLog.RedisIsAway(logger, endpoint);
        }
    }
}
