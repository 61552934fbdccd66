using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Hosting;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Moving;

/// <summary>
/// Closes many tunnels without a storm, for whatever reason: drains, rebalances, lifetimes, sick nodes, the stop.
/// </summary>
internal sealed class PacedCloser(TunnelRegistry tunnels, TimeProvider time, ILogger<PacedCloser> logger)
{
    /// <summary>Between two steps.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    // Where nothing is to be closed for now, once a second is enough to see that it is.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Prepares a plan; the caller steps it.</summary>
    public ClosingRun Prepare(ClosingPlan plan, ClosingTally? tally = null) =>
        new(plan, tally ?? new ClosingTally(), tunnels, time);

    /// <summary>Carries a plan out until no tunnel is left to ask.</summary>
    /// <param name="plan">What to close.</param>
    /// <param name="cancellation">Stops asking; what has been asked to close goes on closing.</param>
    public Task RunAsync(ClosingPlan plan, CancellationToken cancellation)
    {
        var run = Prepare(plan);
        return RunAsync(
            plan.Operation,
            () => run.Step() is var phase && phase == ClosingPhase.Ending ? ClosingPhase.Done : phase,
            cancellation);
    }

    /// <summary>Takes steps until one says that it is done. A step that fails does not end it.</summary>
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
