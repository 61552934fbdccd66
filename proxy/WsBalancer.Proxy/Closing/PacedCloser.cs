using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Hosting;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Closing;

/// <summary>
/// Closes many tunnels at a limited rate, so that their clients do not reconnect all at once: for drains, rebalances,
/// lifetimes, unhealthy nodes and the shutdown.
/// </summary>
internal sealed class PacedCloser(TunnelRegistry tunnels, TimeProvider time, ILogger<PacedCloser> logger)
{
    /// <summary>The time between two steps of a run.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    // The time between two steps while no tunnel is due.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Creates the run of a plan; the caller takes its steps.</summary>
    public ClosingRun Prepare(ClosingPlan plan, ClosingTally? tally = null) =>
        new(plan, tally ?? new ClosingTally(), tunnels, time);

    /// <summary>
    /// Runs a plan until it has no tunnel left to close. Does not wait until the closing tunnels have ended.
    /// </summary>
    /// <param name="plan">The tunnels, and how to close them.</param>
    /// <param name="cancellation">Ends the run; tunnels that are closing already continue to close.</param>
    public Task RunAsync(ClosingPlan plan, CancellationToken cancellation)
    {
        var run = Prepare(plan);
        return RunAsync(
            plan.Operation,
            () => run.Step() is var phase && phase == ClosingPhase.Ending ? ClosingPhase.Done : phase,
            cancellation);
    }

    /// <summary>
    /// Takes steps until one returns <see cref="ClosingPhase.Done"/>. A step that fails is logged, and the run
    /// continues.
    /// </summary>
    public async Task RunAsync(string what, Func<ClosingPhase> step, CancellationToken cancellation)
    {
        var failing = false;
        while (!cancellation.IsCancellationRequested)
        {
            var phase = ClosingPhase.Idle;
            try
            {
                phase = step();
                failing = false;
            }
            catch (Exception ex) when (!failing)
            {
                failing = true;
                HostingLog.StepFailed(logger, what, ex);
            }
            catch (Exception ex)
            {
                HostingLog.StepFailedAgain(logger, what, ex.Message);
            }

            if (phase == ClosingPhase.Done)
            {
                return;
            }

            await Task.Delay(phase == ClosingPhase.Idle ? Pause : Step, time, cancellation);
        }
    }
}
