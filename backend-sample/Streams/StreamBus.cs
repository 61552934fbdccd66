using StackExchange.Redis;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Redis;

namespace WsBalancer.BackendSample.Streams;

/// <summary>Carries messages between nodes in streams of Redis: one for each channel, with all its messages.</summary>
/// <remarks>
/// A node reads a stream from the time of its subscription, and continues at the same entry after a lost connection: it
/// misses nothing that is still in the stream. No failure leaves this class as an exception.
/// </remarks>
internal sealed class StreamBus : IRedisBus, IAsyncDisposable
{
    private static readonly TimeSpan WakeLifetime = TimeSpan.FromMinutes(1);

    private readonly RedisLink _link;
    private readonly NodeOptions _node;
    private readonly Audience _audience;
    private readonly ILogger<StreamBus> _logger;
    private readonly LocalFirst _local;
    private readonly RedisKey _wakeKey;
    private readonly StreamSet _streams;
    private volatile StreamReader? _reader;
    private volatile bool _isDisposed;
    private bool _isBroken;

    /// <summary>The messages of the connections before this one.</summary>
    private long _received;

    public StreamBus(RedisLink link, NodeOptions node, Audience audience, ILogger<StreamBus> logger)
    {
        (_link, _node, _audience, _logger) = (link, node, audience, logger);
        _local = new LocalFirst(audience);
        var wakeKey = $"ws:wake:{node.Name}:{audience.Origin.Value:x}";
        _wakeKey = wakeKey;
        _streams = new StreamSet(wakeKey);
    }

    public event Action? Lost;

    public bool KeepsSubscriptions => true;

    public bool IsConnected => _reader is { Lost.IsCompleted: false };

    public BusStatus Status =>
        new("redis-streams", !_link.IsAway, _received + (_reader?.Received ?? 0));

    public async Task<bool> ConnectAsync()
    {
        if (_reader is null)
        {
            _reader = await StreamReader.ConnectAsync(
                _link.Endpoint, $"ws-node:{_node.Name}:streams", _streams, _audience, _logger);
            if (_reader is { } reader)
            {
                _ = HandleLossAsync(reader);
            }
        }

        return IsConnected;
    }

    public async Task<bool> SubscribeAsync(string channel)
    {
        if (_link.IsAway)
        {
            return false;
        }

        try
        {
            var newest = await _link.Keys.StreamRangeAsync(
                RedisStore.LiveOf(channel), count: 1, messageOrder: Order.Descending);
            if (_streams.Add(channel, newest is [var entry] ? entry.Id! : "0-0"))
            {
                await WakeAsync();
            }

            return true;
        }
        catch (Exception failure)
        {
            RedisLog.SubscribeFailed(_logger, channel);
            _link.NoteFailure(failure);
            _streams.Remove(channel);
            return false;
        }
    }

    public Task UnsubscribeAsync(string channel)
    {
        _streams.Remove(channel);
        return Task.CompletedTask;
    }

    public Task<PublishOutcome> PublishAsync(string channel, ReadOnlyMemory<byte> message) =>
        _local.PublishAsync(channel, message, frame => SendAsync(channel, frame));

    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        if (_reader is { } reader)
        {
            await reader.DisposeAsync();
        }
    }

    // Ends the read that waits, so that the next one includes the new channels.
    private async Task WakeAsync()
    {
        await _link.Keys.StreamAddAsync(_wakeKey, "w", 1, maxLength: 1);
        await _link.Keys.KeyExpireAsync(_wakeKey, WakeLifetime);
    }

    private async Task<PublishOutcome> SendAsync(string channel, ReadOnlyMemory<byte> frame)
    {
        // Not sent: a hanging Redis would deliver the message late when it continues.
        if (_link.IsAway)
        {
            return PublishOutcome.LocalOnly;
        }

        try
        {
            var key = RedisStore.LiveOf(channel);
            var sent = _link.Keys.StreamAddAsync(
                key, "f", frame, maxLength: _node.History.Size, useApproximateMaxLength: true);
            _ = _link.Keys.KeyExpireAsync(key, _node.History.Lifetime, CommandFlags.FireAndForget);
            await sent;
            return PublishOutcome.Published;
        }
        catch (Exception failure)
        {
            return _link.OutcomeOf(failure, channel);
        }
    }

    private async Task HandleLossAsync(StreamReader lost)
    {
        await lost.Lost;

        // The node itself ends the connection in an orderly shutdown.
        if (_isDisposed)
        {
            return;
        }

        if (lost.Failure is { } failure && !_isBroken)
        {
            _isBroken = true;
            StreamLog.ReadBroke(_logger, failure);
        }

        _link.SetUnavailable();
        Lost?.Invoke();

        // Afterwards, because a new connection is made when there is none.
        _received += lost.Received;
        Interlocked.CompareExchange(ref _reader, null, lost);
        await lost.DisposeAsync();
    }
}
