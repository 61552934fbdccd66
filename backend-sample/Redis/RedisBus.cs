using System.Collections.Concurrent;
using StackExchange.Redis;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Redis;

/// <summary>Carries messages between nodes over Redis pub/sub; while Redis is away, only within this node.</summary>
/// <remarks>
/// A message reaches the local audience through Redis too, so that all nodes see the messages of a channel in one
/// order. Pub/sub is at most once: a node that is away misses what is said meanwhile. No failure of Redis leaves this
/// class as an exception: it would end the session of the user whose message it was.
/// </remarks>
internal sealed class RedisBus(RedisLink link, Audience audience, ILogger<RedisBus> logger) : IMessageBus
{
    /// <summary>Channels whose SUBSCRIBE got no answer: Redis may carry it out later, for nobody.</summary>
    private readonly ConcurrentDictionary<string, byte> _unanswered = new(StringComparer.Ordinal);

    /// <summary>Ends the absence of Redis, if Redis answers.</summary>
    /// <returns>Whether it does.</returns>
    public async Task<bool> ReviveAsync()
    {
        if (!await link.ProbeAsync())
        {
            return false;
        }

        // While the link is away nobody subscribes, so no channel that is wanted is lost here.
        if (link.IsAway && !await UndoUnansweredAsync())
        {
            return false;
        }

        link.NoteBack();
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
            // A queue keeps the order of the messages; the overload with a handler does not promise it.
            var messages = await link.Channels.SubscribeAsync(RedisChannel.Literal(channel));
            messages.OnMessage(message => audience.Deliver(channel, message.Message));
            return true;
        }
        catch (Exception failure)
        {
            RedisLog.SubscribeFailed(logger, channel, failure);
            _unanswered.TryAdd(channel, 0);
            link.NoteFailure(failure);
            // The client library has noted the channel all the same, with a queue that nobody reads: forget it.
            await UnsubscribeAsync(channel, CommandFlags.FireAndForget);
            return false;
        }
    }

    /// <remarks>With Redis away, the command is left to the connection: if it survives, it is carried out.</remarks>
    public Task UnsubscribeAsync(string channel) =>
        UnsubscribeAsync(channel, link.IsAway ? CommandFlags.FireAndForget : CommandFlags.None);

    public async Task<PublishOutcome> PublishAsync(string channel, ReadOnlyMemory<byte> message)
    {
        // No attempt: a Redis that hangs would deliver the message a second time when it goes on.
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
            // Forgotten locally before it is sent. A Redis that hangs carries it out later, a dead one has no channels.
            RedisLog.UnsubscribeFailed(logger, channel, failure);
            link.NoteFailure(failure);
        }
    }

    // The client library sends an UNSUBSCRIBE only for a SUBSCRIBE that was answered.
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
