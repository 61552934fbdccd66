using WsBalancer.BackendSample.Channels;

namespace WsBalancer.BackendSample.Redis;

/// <summary>A bus with a connection of its own to Redis, which <see cref="RedisWorker"/> keeps.</summary>
internal interface IRedisBus : IMessageBus
{
    /// <summary>Notifies that messages may be lost until the next connection. The link is away then.</summary>
    public event Action? Lost;

    /// <summary>Whether a new connection receives the channels of the lost one.</summary>
    public bool KeepsSubscriptions { get; }

    /// <summary>Whether subscribed channels are received.</summary>
    public bool IsConnected { get; }

    /// <summary>Checks the connection that receives, or makes one.</summary>
    /// <returns>Whether Redis answers on it.</returns>
    public Task<bool> ConnectAsync();
}
