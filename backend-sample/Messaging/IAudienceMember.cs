namespace WsBalancer.BackendSample.Messaging;

/// <summary>Someone on this node who can be sent a text message.</summary>
internal interface IAudienceMember
{
    /// <summary>Queues the message and returns at once. The bytes are shared: nobody may change them.</summary>
    public void Post(ReadOnlyMemory<byte> message);
}
