namespace WsBalancer.BackendSample.Channels;

/// <summary>A member of this node's audience, which can receive text messages.</summary>
internal interface IAudienceMember
{
    /// <summary>The bytes that the queue of the member can take now.</summary>
    public long FreeBytes { get; }

    /// <summary>Queues the message and returns at once.</summary>
    public void Post(Delivery delivery);
}
