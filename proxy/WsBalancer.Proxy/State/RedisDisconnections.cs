using System.Text.Json;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace WsBalancer.Proxy.State;

/// <summary>Carries disconnections over Redis. A balancer that is not connected when one is sent misses it.</summary>
internal sealed class RedisDisconnections(
    RedisLink link,
    BadRecords bad,
    BalancerName name,
    TimeProvider time,
    ILogger<RedisDisconnections> logger)
    : IDisconnectionChannel
{
    // An operator waits for the send.
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(1);

    public event Action<Disconnection>? Received;

    private RedisChannel Channel => link.Channel("disconnect");

    public Task SubscribeAsync() =>
        link.Subscriber.SubscribeAsync(Channel, (_, message) => OnMessage(message.ToString()));

    /// <returns>Whether the disconnection was sent.</returns>
    public async Task<bool?> SendAsync(Disconnection disconnection, CancellationToken cancellation)
    {
        var json = JsonSerializer.Serialize(
            new SentDisconnection(name.Instance, disconnection), PeerJsonContext.Default.SentDisconnection);
        try
        {
            await link.Subscriber.PublishAsync(Channel, json).WaitAsync(CallTimeout, time, cancellation);
            return true;
        }
        catch (Exception ex) when (ex is RedisException or TimeoutException)
        {
            StateLog.NotShared(logger, ex.Message);
            return false;
        }
    }

    private void OnMessage(string json)
    {
        if (Read(json) is not { } sent || sent.Instance == name.Instance)
        {
            return;
        }

        try
        {
            Received?.Invoke(sent.Disconnection);
        }
        catch (Exception ex) when (ex is not OutOfMemoryException)
        {
            // A thread of the client library runs this callback, and does not report the exception.
            StateLog.DisconnectionFailed(logger, ex);
        }
    }

    private SentDisconnection? Read(string json)
    {
        string? mistake;
        try
        {
            var sent = JsonSerializer.Deserialize(json, PeerJsonContext.Default.SentDisconnection)
                ?? throw new JsonException("null is not a disconnection");
            mistake = ReportBounds.MistakeIn(sent);
            if (mistake is null)
            {
                return sent;
            }
        }
        catch (JsonException ex)
        {
            mistake = ex.Message;
        }

        bad.Add(RecordSource.Messages, $"The latest bad message of channel '{Channel}' in Redis", null, json, mistake);
        return null;
    }
}

/// <summary>A disconnection as it is sent, with the id of the sending process, which receives it too.</summary>
internal sealed record SentDisconnection(string Instance, Disconnection Disconnection);
