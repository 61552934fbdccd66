using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Hosting;
using WsBalancer.BackendSample.Redis;

namespace WsBalancer.BackendSample.Nats;

/// <summary>
/// Connects to NATS, and to Redis if it stores the messages, before the node listens; after an absence of either, it
/// reads what was missed.
/// </summary>
internal sealed class NatsWorker : BackgroundService
{
    /// <summary>The time between two probes while a server is away.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>The time between two probes while both answer.</summary>
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(1);

    private readonly NatsLink _nats;
    private readonly RedisLink? _redis;
    private readonly Subscriptions _subscriptions;
    private readonly Audience _audience;
    private readonly TimeProvider _time;
    private readonly ILogger<NatsWorker> _logger;
    private long _probedAt;
    private int _wasLost;

    public NatsWorker(
        NatsLink nats,
        Subscriptions subscriptions,
        Audience audience,
        TimeProvider time,
        ILogger<NatsWorker> logger,
        RedisLink? redis = null)
    {
        (_nats, _redis, _subscriptions, _audience) = (nats, redis, subscriptions, audience);
        (_time, _logger) = (time, logger);
        _nats.Lost += () =>
        {
            _audience.Suspend();
            Volatile.Write(ref _wasLost, 1);
        };
    }

    private bool IsAway => _nats.IsAway || _redis is { IsAway: true } || Volatile.Read(ref _wasLost) == 1;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_redis is not null)
        {
            await _redis.ConnectAsync();
        }

        await ReviveAsync();
        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        RepeatedWork.RunAsync("following NATS", FollowAsync, Interval, _time, _logger, stoppingToken);

    private async Task FollowAsync()
    {
        if (IsAway || _time.GetElapsedTime(_probedAt) >= ProbeInterval)
        {
            await ReviveAsync();
        }
    }

    private async Task ReviveAsync()
    {
        _probedAt = _time.GetTimestamp();
        var hasStore = _redis is null || await _redis.ProbeAsync();
        if (hasStore && _redis is { IsAway: true })
        {
            // The next read shows what Redis has lost. Without it, offsets that are used again would look like doubles.
            _audience.Suspend();
            _redis.SetAvailable();
        }

        if (!await _nats.ProbeAsync())
        {
            return;
        }

        // First the subscriptions: a read of stored messages is complete only if all later ones are received.
        await _subscriptions.RetryAsync();
        if (Interlocked.Exchange(ref _wasLost, 0) == 1)
        {
            // A channel may have been read while messages were still missed.
            _audience.Suspend();
        }

        _nats.SetAvailable();
        if (hasStore)
        {
            await _audience.ResumeAsync();
        }
    }
}
