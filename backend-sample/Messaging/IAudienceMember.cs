namespace WsBalancer.BackendSample.Messaging;

/// <summary>A member of this node's audience, which can receive text messages.</summary>
internal interface IAudienceMember
{
    /// <summary>Queues the message and returns at once. The bytes are shared: they must not be changed.</summary>
    public void Post(ReadOnlyMemory<byte> message);
}
