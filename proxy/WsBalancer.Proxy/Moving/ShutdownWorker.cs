using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Framing;
using WsBalancer.Proxy.Health;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Moving;

/// <summary>
/// Stops the balancer: says that it is not ready, waits, then closes the tunnels at a pace while the server, which
/// stops accepting at the same time, waits for them.
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
    // In an orderly stop nobody is waited for who answers at once: a thousand a second is no storm for one balancer's
    // clients, which its neighbours must take anyway.
    private const double RatePerSecond = 1_000;

    private static readonly TimeSpan LongestClose = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _timeIsUp = new();
    private Task _closing = Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        readiness.Ready();
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        readiness.Leave();
        MovingLog.Stopping(logger, options.Delay, tunnels.Count, options.Timeout);
        await Task.Delay(options.Delay, time, cancellationToken);
        readiness.Refuse();
        _closing = CloseAllAsync();
    }

    public async Task StopAsync(CancellationToken cancellationToken) => await _closing;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _timeIsUp.Dispose();

    private async Task CloseAllAsync()
    {
        using var cut = time.CreateTimer(_ => CutAll(), null, options.Timeout, Timeout.InfiniteTimeSpan);
        var plan = new ClosingPlan(
            "shutdown",
            new Farewell(TunnelEnd.Shutdown, CloseCode.GoingAway, "the balancer is stopping"),
            new PaceTerms(RatePerSecond, options.Timeout, LongestClose),
            () => tunnels.All,
            static _ => true);
        var run = closer.Prepare(plan);
        await closer.RunAsync(
            plan.Operation,
            () => run.Step() is var phase && (tunnels.Count == 0 || _timeIsUp.IsCancellationRequested)
                ? ClosingPhase.Done
                : phase == ClosingPhase.Done ? ClosingPhase.Ending : phase,
            CancellationToken.None);
    }

    private void CutAll()
    {
        _timeIsUp.Cancel();
        foreach (var tunnel in tunnels.All)
        {
            tunnel.Cut(TunnelEnd.Shutdown);
        }
    }
}
