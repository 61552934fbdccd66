namespace WsBalancer.BackendSample.Channels;

/// <summary>
/// Carries messages between nodes. Received messages are delivered to the local <see cref="Audience"/>.
/// </summary>
internal interface IMessageBus
{
    /// <summary>The state of the bus, for operators.</summary>
    public BusStatus Status { get; }

    /// <summary>Starts to receive the channel.</summary>
    /// <returns>
    /// Whether the channel is active now. If not, nothing is left behind and the subscribe can be retried.
    /// </returns>
    public Task<bool> SubscribeAsync(string channel);

    /// <summary>
    /// Stops receiving the channel. Never fails: while the bus is unavailable there is nothing to stop.
    /// </summary>
    public Task UnsubscribeAsync(string channel);

    /// <summary>Sends a message to the audience of a channel on every node, this one included.</summary>
    public Task<PublishOutcome> PublishAsync(string channel, ReadOnlyMemory<byte> message);
}

/// <summary>The result of publishing a message.</summary>
internal enum PublishOutcome
{
    /// <summary>The message was sent to every subscribed node.</summary>
    Published,

    /// <summary>The bus is unavailable; only the audience on this node received the message.</summary>
    LocalOnly,

    /// <summary>
    /// The bus failed during the publish. Not retried: a message received twice would be worse than a lost one.
    /// </summary>
    Unknown,

    /// <summary>The message is longer than the bus carries; only the audience on this node received it.</summary>
    TooLong,
}

/// <summary>The state of a bus.</summary>
/// <param name="Kind">The name of the bus in <c>--bus</c>.</param>
/// <param name="IsAvailable">Whether messages reach other nodes.</param>
/// <param name="Received">The messages that were received from it, with the copies of this node's own.</param>
internal sealed record BusStatus(string Kind, bool IsAvailable, long Received)
{
    /// <summary>The server that carries the messages, for clients.</summary>
    public string Server { get; init; } = "redis";
}
