namespace WsBalancer.BackendSample.Messaging;

/// <summary>The bus of a node without Redis, which delivers within the node only.</summary>
internal sealed class LocalBus(Audience audience) : IMessageBus
{
    public Task<bool> SubscribeAsync(string channel) => Task.FromResult(true);

    public Task UnsubscribeAsync(string channel) => Task.CompletedTask;

    public Task<PublishOutcome> PublishAsync(string channel, ReadOnlyMemory<byte> message)
    {
        audience.Deliver(channel, message);
        return Task.FromResult(PublishOutcome.Published);
    }
}
