using WsBalancer.BackendSample.Hosting;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Redis;

/// <summary>
/// Connects to Redis before the node listens, and retries the operations that failed while Redis was away.
/// </summary>
internal sealed class RedisWorker(
    RedisLink link, RedisBus bus, Subscriptions subscriptions, TimeProvider time, ILogger<RedisWorker> logger)
    : BackgroundService
{
    /// <summary>The time between two probes while Redis is away.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>The time between two probes while Redis answers.</summary>
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(1);

    private long _probedAt;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await link.ConnectAsync();
        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        RepeatedWork.RunAsync("following Redis", FollowAsync, Interval, time, logger, stoppingToken);

    private async Task FollowAsync()
    {
        if (!link.IsAway && time.GetElapsedTime(_probedAt) < ProbeInterval)
        {
            return;
        }

        _probedAt = time.GetTimestamp();
        // The client library itself resubscribes the channels that were active before the absence.
        if (await bus.ReviveAsync())
        {
            await subscriptions.RetryAsync();
        }
    }
}
