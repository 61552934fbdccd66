using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace WsBalancer.Proxy.State;

/// <summary>
/// Runs every exchange through Redis once a second while the process runs. Redis may become unavailable at any time:
/// its absence is logged once for each cause, and its return once.
/// </summary>
internal sealed class RedisSharing : IAsyncDisposable
{
    // The limit of logged causes for one absence of Redis. Each is logged once.
    private const int MaxCauses = 5;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly RedisLink _link;
    private readonly PeerExchange _peers;
    private readonly TimeProvider _time;
    private readonly ILogger<RedisSharing> _logger;
    private readonly SharingStep _connect;
    private readonly SharingStep[] _steps;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;
    private readonly HashSet<string> _causes = new(StringComparer.Ordinal);
    private readonly RedisStatus _status;

    public RedisSharing(
        RedisLink link,
        StateExchange state,
        PeerExchange peers,
        RedisDisconnections disconnections,
        RedisMembership membership,
        RedisStatus status,
        TimeProvider time,
        ILogger<RedisSharing> logger)
    {
        (_link, _peers, _status, _time, _logger) = (link, peers, status, time, logger);
        _status.Where = link.Where;
        _connect = new SharingStep("connecting", link.ConnectAsync);
        _steps =
        [
            new SharingStep("sharing changes", state.ExchangeAsync),
            new SharingStep("listening for changes", Once(state.SubscribeAsync)),
            new SharingStep("listening for disconnections", Once(disconnections.SubscribeAsync)),
            new SharingStep("hearing the other balancers", peers.ExchangeAsync),
            new SharingStep("reading registered nodes", membership.ReadAsync),
        ];
    }

    /// <summary>Completes after the first round, even if Redis did not answer.</summary>
    public Task FirstRound => _first.Task;

    public void Start()
    {
        _peers.Begin();
        _running = Task.Run(RunAsync);
    }

    /// <summary>Stops the rounds, and removes the report of this balancer from Redis.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
        try
        {
            await _peers.LeaveAsync();
        }
        catch (Exception ex) when (ex is RedisException or TimeoutException)
        {
            StateLog.NotShared(_logger, ex.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Interval, _time);
        try
        {
            do
            {
                await RoundAsync();
                _first.TrySetResult();
            }
            while (await timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException)
        {
            // Expected: StopAsync and DisposeAsync cancel the loop.
            _first.TrySetResult();
        }
    }

    private async Task RoundAsync()
    {
        var failures = new List<Exception>();
        if (await AttemptAsync(_connect) is { } failure)
        {
            failures.Add(failure);
        }
        else
        {
            // The steps run concurrently, so that a Redis that does not answer costs one timeout and not five.
            failures.AddRange((await Task.WhenAll(_steps.Select(AttemptAsync))).OfType<Exception>());
        }

        var away = failures.Find(IsAway);
        if (away is not null)
        {
            var cause = RedisCause.Of(away);
            LogCauseOnce(cause);
            _status.Absence = new RedisAbsence(_status.Absence?.Since ?? _time.GetUtcNow(), cause);
        }
        else if (failures.Count == 0)
        {
            if (_status.Absence is not null)
            {
                StateLog.RedisIsBack(_logger, _link.Where);
            }

            _status.Absence = null;
        }

        if (_status.Absence is null)
        {
            _causes.Clear();
        }
    }

    // The first failure often reports only that there is no connection; the cause is known after later attempts.
    private void LogCauseOnce(string cause)
    {
        if (_causes.Count < MaxCauses && _causes.Add(cause))
        {
            StateLog.RedisIsAway(_logger, _link.Where, cause);
        }
    }

    private async Task<Exception?> AttemptAsync(SharingStep step)
    {
        try
        {
            await step.RunAsync();
            step.IsFailing = false;
            return null;
        }
        catch (Exception ex) when (IsAway(ex))
        {
            return ex;
        }
        catch (Exception ex) when (ex is not OutOfMemoryException)
        {
            if (!step.IsFailing)
            {
                step.IsFailing = true;
                StateLog.StepFailed(_logger, step.What, _link.Where, ex);
            }

            return ex;
        }
    }

    private static bool IsAway(Exception exception) => exception is RedisConnectionException or TimeoutException;

    // The client library restores subscriptions after an absence of Redis.
    private static Func<Task> Once(Func<Task> subscribe)
    {
        var isDone = false;
        return async () =>
        {
            if (!isDone)
            {
                await subscribe();
                isDone = true;
            }
        };
    }

    private sealed class SharingStep(string what, Func<Task> run)
    {
        public string What => what;

        public bool IsFailing { get; set; }

        public Task RunAsync() => run();
    }
}
