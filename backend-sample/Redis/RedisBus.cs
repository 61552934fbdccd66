using System.Collections.Concurrent;
using StackExchange.Redis;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Redis;

/// <summary>Carries messages between nodes over Redis pub/sub; while Redis is away, only within this node.</summary>
/// <remarks>
/// A message reaches the local audience through Redis too, so that all nodes receive the messages of a channel in the
/// same order. Pub/sub delivers at most once: a disconnected node misses the messages sent in that time. No failure of
/// Redis leaves this class as an exception: an exception would end the session of the user who sent the message.
/// </remarks>
internal sealed class RedisBus(RedisLink link, Audience audience, ILogger<RedisBus> logger) : IMessageBus
{
    /// <summary>
    /// Channels whose SUBSCRIBE got no reply: Redis may execute it later, when the channel is no longer needed.
    /// </summary>
    private readonly ConcurrentDictionary<string, byte> _unanswered = new(StringComparer.Ordinal);

    /// <summary>Ends the absence of Redis, if Redis answers a probe.</summary>
    /// <returns>Whether Redis answered.</returns>
    public async Task<bool> ReviveAsync()
    {
        if (!await link.ProbeAsync())
        {
            return false;
        }

        // While the link is away no channel is subscribed, so no channel in use is unsubscribed here.
        if (link.IsAway && !await UndoUnansweredAsync())
        {
            return false;
        }

        link.SetAvailable();
        return true;
    }

    public async Task<bool> SubscribeAsync(string channel)
    {
        if (link.IsAway)
        {
            return false;
        }

        try
        {
            // A queue preserves the order of the messages; the overload with a handler does not guarantee it.
            var messages = await link.Channels.SubscribeAsync(RedisChannel.Literal(channel));
            messages.OnMessage(message => audience.Deliver(channel, message.Message));
            return true;
        }
        catch (Exception failure)
        {
            RedisLog.SubscribeFailed(logger, channel, failure);
            _unanswered.TryAdd(channel, 0);
            link.NoteFailure(failure);
            // The client library has registered the channel nevertheless, with a queue that is never read: remove it.
            await UnsubscribeAsync(channel, CommandFlags.FireAndForget);
            return false;
        }
    }

    /// <remarks>
    /// While Redis is away, the command is not awaited: if the connection survives, Redis executes it later.
    /// </remarks>
    public Task UnsubscribeAsync(string channel) =>
        UnsubscribeAsync(channel, link.IsAway ? CommandFlags.FireAndForget : CommandFlags.None);

    public async Task<PublishOutcome> PublishAsync(string channel, ReadOnlyMemory<byte> message)
    {
        // Not sent: a hanging Redis would deliver the message a second time when it continues.
        if (link.IsAway)
        {
            return DeliverLocally(channel, message);
        }

        try
        {
            await link.Channels.PublishAsync(RedisChannel.Literal(channel), message);
            return PublishOutcome.Published;
        }
        catch (RedisConnectionException failure) when (WasNeverSent(failure))
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

    private static bool WasNeverSent(RedisConnectionException failure) =>
        failure.FailureType is ConnectionFailureType.UnableToResolvePhysicalConnection
            or ConnectionFailureType.UnableToConnect
        || failure.CommandStatus is CommandStatus.WaitingToBeSent or CommandStatus.WaitingInBacklog;

    private PublishOutcome DeliverLocally(string channel, ReadOnlyMemory<byte> message)
    {
        audience.Deliver(channel, message);
        return PublishOutcome.LocalOnly;
    }

    private async Task UnsubscribeAsync(string channel, CommandFlags flags)
    {
        try
        {
            await link.Channels.UnsubscribeAsync(RedisChannel.Literal(channel), flags: flags);
        }
        catch (Exception failure)
        {
            // The client library removes the channel before it sends the command. A hanging Redis executes the command
            // later; a Redis that has ended has no subscriptions.
            RedisLog.UnsubscribeFailed(logger, channel, failure);
            link.NoteFailure(failure);
        }
    }

    // The client library sends an UNSUBSCRIBE only for a SUBSCRIBE that received a reply.
    private async Task<bool> UndoUnansweredAsync()
    {
        foreach (var channel in _unanswered.Keys)
        {
            try
            {
                await link.Channels.SubscribeAsync(RedisChannel.Literal(channel));
                await link.Channels.UnsubscribeAsync(RedisChannel.Literal(channel));
            }
            catch (Exception failure)
            {
                RedisLog.UnsubscribeFailed(logger, channel, failure);
                await UnsubscribeAsync(channel, CommandFlags.FireAndForget);
                return false;
            }

            _unanswered.TryRemove(channel, out _);
        }

        return true;
    }
}
