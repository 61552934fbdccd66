using System.Collections.Concurrent;
using NATS.Client.Core;
using WsBalancer.BackendSample.Channels;

namespace WsBalancer.BackendSample.Nats;

/// <summary>Carries messages between nodes over NATS; while NATS is away, only within this node.</summary>
/// <remarks>
/// Stored messages are published by the node that stored them. The server returns no message to its sender, so that
/// the members on this node receive all messages of this node here. No failure leaves this class as an exception.
/// </remarks>
internal sealed class NatsBus : IMessageBus
{
    private static readonly TimeSpan ReplyTimeout = TimeSpan.FromSeconds(2);

    private readonly NatsLink _link;
    private readonly Audience _audience;
    private readonly TimeProvider _time;
    private readonly ILogger<NatsBus> _logger;
    private readonly RelayedStore? _store;
    private readonly NatsTraffic _traffic = new();
    private readonly ChannelLocks _locks = new();

    /// <summary>The subscriptions; the client library has weak references only.</summary>
    private readonly ConcurrentDictionary<string, NatsChannel> _channels = new(StringComparer.Ordinal);

    public NatsBus(
        NatsLink link, Audience audience, TimeProvider time, ILogger<NatsBus> logger, RelayedStore? store = null)
    {
        (_link, _audience, _time, _logger, _store) = (link, audience, time, logger, store);
        if (store is not null)
        {
            (store.Relay, store.Fits) = (RelayAsync, Fits);
        }
    }

    public BusStatus Status => new("nats", !_link.IsAway, _traffic.Received) { Server = "nats" };

    public async Task<bool> SubscribeAsync(string channel)
    {
        if (!_link.IsOpen)
        {
            return false;
        }

        var subscription = _channels.GetOrAdd(
            channel, name => new NatsChannel(_link.Connection, NatsSubject.Of(name), name, _audience, _traffic));
        try
        {
            using var deadline = new CancellationTokenSource(ReplyTimeout, _time);
            await _link.Connection.AddSubAsync(subscription, deadline.Token);

            // The server handles commands in order, and confirms none but this one.
            await _link.Connection.PingAsync(deadline.Token);
            if (_store is not null)
            {
                subscription.SetTop((await _store.ReadAsync(channel, long.MaxValue - 1, delivered: null))?.Top);
            }

            return true;
        }
        catch (Exception failure)
        {
            NatsLog.Failed(_logger, "subscribe to", channel, failure);
            await UnsubscribeAsync(channel);
            return false;
        }
    }

    public async Task UnsubscribeAsync(string channel)
    {
        if (!_channels.TryRemove(channel, out var subscription))
        {
            return;
        }

        try
        {
            await subscription.DisposeAsync();
        }
        catch (Exception failure)
        {
            NatsLog.Failed(_logger, "unsubscribe from", channel, failure);
        }
    }

    public Task<PublishOutcome> PublishAsync(string channel, ReadOnlyMemory<byte> message)
    {
        // One order for the members on this node and for the other nodes.
        lock (_locks.Of(channel))
        {
            _audience.Deliver(channel, message);
            return SendAsync(channel, message);
        }
    }

    // The members on this node receive the message as those of other nodes do.
    private Task<PublishOutcome> RelayAsync(string channel, ReadOnlyMemory<byte> frame)
    {
        lock (_locks.Of(channel))
        {
            _channels.GetValueOrDefault(channel)?.Deliver(frame);
            return SendAsync(channel, frame);
        }
    }

    private bool Fits(ReadOnlyMemory<byte> message) =>
        _link.Connection.ServerInfo is not { } server || ChannelFrame.MaxPrefix + message.Length <= server.MaxPayload;

    private async Task<PublishOutcome> SendAsync(string channel, ReadOnlyMemory<byte> message)
    {
        // Not sent: the client library would wait for the next connection.
        if (_link.IsAway)
        {
            return PublishOutcome.LocalOnly;
        }

        try
        {
            using var deadline = new CancellationTokenSource(ReplyTimeout, _time);
            var subject = _channels.GetValueOrDefault(channel)?.Subject ?? NatsSubject.Of(channel);
            await _link.Connection.PublishAsync(subject, message, cancellationToken: deadline.Token);
            return PublishOutcome.Published;
        }
        catch (NatsPayloadTooLargeException failure)
        {
            NatsLog.Failed(_logger, "publish to", channel, failure);
            return PublishOutcome.TooLong;
        }
        catch (Exception failure)
        {
            NatsLog.Failed(_logger, "publish to", channel, failure);
            return PublishOutcome.Unknown;
        }
    }
}
