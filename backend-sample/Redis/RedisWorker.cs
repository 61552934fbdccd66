using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Redis;

/// <summary>Connects to Redis before the node listens, and makes up for what an absence of Redis left undone.</summary>
internal sealed class RedisWorker(RedisBus bus, Subscriptions subscriptions, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await bus.ConnectAsync();
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            // Channels that were active before the absence are subscribed again by the client library itself.
            if (bus.IsConnected())
            {
                await subscriptions.RetryAsync();
            }
        }
    }
}
