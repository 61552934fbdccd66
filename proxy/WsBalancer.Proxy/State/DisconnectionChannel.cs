using System.Text.Json;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace WsBalancer.Proxy.State;

/// <summary>Carries disconnections over Redis. Who is away when one is sent misses it.</summary>
internal sealed class DisconnectionChannel(
    RedisLink link, Disconnections disconnections, BalancerName name, TimeProvider time,
    ILogger<DisconnectionChannel> logger)
{
    // An operator waits for it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private RedisChannel Channel => link.Channel("disconnect");

    public Task SubscribeAsync() => link.Subscriber.SubscribeAsync(Channel, (_, message) => Hear(message.ToString()));

    /// <returns>Whether it was sent.</returns>
    public async Task<bool?> SendAsync(Disconnection disconnection, CancellationToken cancellation)
    {
        var json = JsonSerializer.Serialize(
            new SentDisconnection(name.Instance, disconnection), PeerJsonContext.Default.SentDisconnection);
        try
        {
            await link.Subscriber.PublishAsync(Channel, json).WaitAsync(Patience, time, cancellation);
            return true;
        }
        catch (Exception ex) when (ex is RedisException or TimeoutException)
        {
            StateLog.NotShared(logger, ex.Message);
            return false;
        }
    }

    private void Hear(string json)
    {
        try
        {
            var sent = JsonSerializer.Deserialize(json, PeerJsonContext.Default.SentDisconnection);
            if (sent is not null && sent.Instance != name.Instance)
            {
                disconnections.Heard(sent.Disconnection);
            }
        }
        catch (Exception ex) when (ex is not OutOfMemoryException)
        {
            // On a thread of the client library, where nobody else would tell of it.
            StateLog.DisconnectionFailed(logger, ex);
        }
    }
}

/// <summary>A disconnection as it is sent: with the process that sent it, which hears it too.</summary>
internal sealed record SentDisconnection(string Instance, Disconnection Disconnection);
