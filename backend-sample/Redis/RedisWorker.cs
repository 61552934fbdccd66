using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Hosting;

namespace WsBalancer.BackendSample.Redis;

/// <summary>
/// Connects to Redis before the node listens, and retries the operations that failed while Redis was away.
/// </summary>
internal sealed class RedisWorker : BackgroundService
{
    /// <summary>The time between two probes while Redis is away.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>The time between two probes while Redis answers.</summary>
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(1);

    private readonly RedisLink _link;
    private readonly IRedisBus _bus;
    private readonly Subscriptions _subscriptions;
    private readonly Audience _audience;
    private readonly TimeProvider _time;
    private readonly ILogger<RedisWorker> _logger;
    private long _probedAt;

    public RedisWorker(
        RedisLink link,
        IRedisBus bus,
        Subscriptions subscriptions,
        Audience audience,
        TimeProvider time,
        ILogger<RedisWorker> logger)
    {
        (_link, _bus, _subscriptions, _audience) = (link, bus, subscriptions, audience);
        (_time, _logger) = (time, logger);
        if (!_bus.KeepsSubscriptions)
        {
            _bus.Lost += _subscriptions.Reset;
        }

        _bus.Lost += _audience.Suspend;
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await _link.ConnectAsync();
        await ReviveAsync();
        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        RepeatedWork.RunAsync("following Redis", FollowAsync, Interval, _time, _logger, stoppingToken);

    private async Task FollowAsync()
    {
        if (!_link.IsAway && _time.GetElapsedTime(_probedAt) < ProbeInterval)
        {
            return;
        }

        _probedAt = _time.GetTimestamp();
        await ReviveAsync();
    }

    /// <summary>Ends the absence of Redis, if Redis answers on both connections.</summary>
    private async Task ReviveAsync()
    {
        var answers = await Task.WhenAll(_link.ProbeAsync(), _bus.ConnectAsync());
        if (answers.Contains(false))
        {
            _link.SetUnavailable();
            return;
        }

        // First the subscriptions: a read of stored messages is complete only if all later ones are received.
        await _subscriptions.RetryAsync();
        _link.SetAvailable();
        if (!_bus.IsConnected)
        {
            _link.SetUnavailable();
            return;
        }

        await _audience.ResumeAsync();
    }
}
