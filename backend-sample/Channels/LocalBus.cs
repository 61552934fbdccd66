namespace WsBalancer.BackendSample.Channels;

/// <summary>The bus of a node without Redis, which delivers within the node only.</summary>
internal sealed class LocalBus : IMessageBus
{
    private readonly Audience _audience;

    public LocalBus(Audience audience, LocalStore store)
    {
        _audience = audience;
        store.Appended += (channel, frame) => audience.Deliver(channel, frame);
    }

    public BusStatus Status => new("local", IsAvailable: true, Received: 0);

    public Task<bool> SubscribeAsync(string channel) => Task.FromResult(true);

    public Task UnsubscribeAsync(string channel) => Task.CompletedTask;

    public Task<PublishOutcome> PublishAsync(string channel, ReadOnlyMemory<byte> message)
    {
        _audience.Deliver(channel, message);
        return Task.FromResult(PublishOutcome.Published);
    }
}
