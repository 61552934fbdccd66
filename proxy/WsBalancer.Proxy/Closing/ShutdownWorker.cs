using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Framing;
using WsBalancer.Proxy.Health;
using WsBalancer.Proxy.Settings;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Closing;

/// <summary>
/// Stops the balancer: it is no longer ready, accepts new tunnels until the delay has passed, then closes the tunnels,
/// spread over the timeout. The server stops accepting when the tunnels begin to close, and waits for their ends.
/// </summary>
/// <remarks>
/// The host calls <see cref="StoppingAsync"/> while the listeners are open, and stops the server, which was started
/// last, before <see cref="StopAsync"/>. So the closing is begun in the first and awaited in the second.
/// </remarks>
internal sealed class ShutdownWorker(
    ShutdownOptions options,
    Readiness readiness,
    TunnelRegistry tunnels,
    PacedCloser closer,
    TimeProvider time,
    ILogger<ShutdownWorker> logger) : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan BetweenReports = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ClosingTally _tally = new();
    private Task _closing = Task.CompletedTask;
    private int _total;
    private int _cut;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        readiness.Ready();
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        readiness.SetStopping();
        _total = tunnels.Count;
        OperationLog.Stopping(
            logger, DurationText.Format(options.Delay), _total, DurationText.Format(options.Timeout));
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _end.Token);
        await Task.Delay(options.Delay, time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        readiness.Refuse();
        _closing = CloseAllAsync();
    }

    public async Task StopAsync(CancellationToken cancellationToken) => await _closing;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Refuses new tunnels, ends the delay, and aborts the tunnels that are still open.</summary>
    public void EndNow()
    {
        readiness.Refuse();
        try
        {
            _end.Cancel();
            AbortAll();
        }
        finally
        {
            // The stop waits for this result, also after an abort that throws.
            _aborted.TrySetResult();
        }
    }

    public void Dispose() => _end.Dispose();

    // Time for the Close frames of the last clients: a quarter of the timeout, 5 s at most.
    private static TimeSpan ReservedTime(TimeSpan timeout) =>
        TimeSpan.FromTicks(Math.Min(timeout.Ticks / 4, TimeSpan.TicksPerSecond * 5));

    private async Task CloseAllAsync()
    {
        using var cut = time.CreateTimer(_ => EndNow(), null, options.Timeout, Timeout.InfiniteTimeSpan);
        using var reports = time.CreateTimer(_ => Report(), null, BetweenReports, BetweenReports);
        _total = tunnels.Count;
        var plan = new ClosingPlan(
            "shutdown",
            new CloseMessage(TunnelEnd.Shutdown, CloseCode.GoingAway, "the balancer is stopping"),
            new PaceTerms(RatePerSecond: 0, options.Timeout, ReservedTime(options.Timeout)),
            () => tunnels.All,
            static _ => true);
        var run = closer.Prepare(plan, _tally);
        await closer.RunAsync(
            plan.Operation,
            () => run.Step() is var phase && (tunnels.Count == 0 || _end.IsCancellationRequested)
                ? ClosingPhase.Done
                : phase == ClosingPhase.Done ? ClosingPhase.Ending : phase,
            CancellationToken.None);
        if (_end.IsCancellationRequested)
        {
            // The run may end while the tunnels are being aborted, and all of them are counted below.
            await _aborted.Task;
        }

        _tally.Settle();
        var forced = _cut + (int)_tally.Forced;
        OperationLog.AllClosed(logger, forced == 0 ? LogLevel.Information : LogLevel.Warning, _total, forced);
    }

    private void Report()
    {
        if (tunnels.Count is var remaining and > 0)
        {
            OperationLog.StillOpen(logger, remaining, _total);
        }
    }

    private void AbortAll()
    {
        foreach (var tunnel in tunnels.All)
        {
            // The tally counts the tunnels that are forced already.
            if (!tunnel.Forced)
            {
                Interlocked.Increment(ref _cut);
            }

            tunnel.Abort(TunnelEnd.Shutdown);
        }
    }
}
