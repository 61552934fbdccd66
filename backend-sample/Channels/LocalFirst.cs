namespace WsBalancer.BackendSample.Channels;

/// <summary>
/// Delivers messages that are not stored to the members on this node at once, and then sends them to the bus.
/// </summary>
/// <remarks>
/// The messages of a channel enter the bus in the order in which the members on this node received them. The copies
/// that return from the bus are ignored: <see cref="Audience"/> recognises them by its origin.
/// </remarks>
internal sealed class LocalFirst(Audience audience)
{
    private readonly ChannelLocks _locks = new();

    /// <summary>Delivers a message on this node, and starts to send it.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="message">The message.</param>
    /// <param name="send">
    /// Starts to send the frame for other nodes, in the order of the calls, and returns without a wait.
    /// </param>
    public Task<PublishOutcome> PublishAsync(
        string channel, ReadOnlyMemory<byte> message, Func<ReadOnlyMemory<byte>, Task<PublishOutcome>> send)
    {
        var frame = ChannelFrame.Of(audience.Origin, message);
        lock (_locks.Of(channel))
        {
            audience.Deliver(channel, message);
            return send(frame);
        }
    }
}
