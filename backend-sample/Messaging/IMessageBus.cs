namespace WsBalancer.BackendSample.Messaging;

/// <summary>What carries messages between nodes. What arrives is delivered to the local <see cref="Audience"/>.</summary>
internal interface IMessageBus
{
    /// <summary>Starts to receive the channel.</summary>
    /// <returns>Whether it is active now. If not, nothing is left behind and it may be tried again.</returns>
    public Task<bool> SubscribeAsync(string channel);

    /// <summary>Stops to receive the channel. Never fails: with the bus away there is nothing to stop.</summary>
    public Task UnsubscribeAsync(string channel);

    /// <summary>Sends a message to the audience of a channel on every node, this one included.</summary>
    public Task<PublishOutcome> PublishAsync(string channel, ReadOnlyMemory<byte> message);
}

/// <summary>How far a published message got.</summary>
internal enum PublishOutcome
{
    /// <summary>On its way to every subscribed node.</summary>
    Published,

    /// <summary>The bus is away; the audience on this node got it, nobody else did.</summary>
    LocalOnly,

    /// <summary>The bus went away meanwhile. Not repeated: twice would be worse than perhaps never.</summary>
    Unknown,
}
