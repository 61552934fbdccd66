using WsBalancer.BackendSample.Hosting;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Redis;

/// <summary>Connects to Redis before the node listens, and makes up for what an absence of Redis left undone.</summary>
internal sealed class RedisWorker(
    RedisLink link, RedisBus bus, Subscriptions subscriptions, TimeProvider time, ILogger<RedisWorker> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await link.ConnectAsync();
        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        SteadyLoop.RunAsync("following Redis", FollowAsync, Interval, time, logger, stoppingToken);

    private async Task FollowAsync()
    {
        // Channels that were active before the absence are subscribed again by the client library itself.
        if (await bus.ReviveAsync())
        {
            await subscriptions.RetryAsync();
        }
    }
}
