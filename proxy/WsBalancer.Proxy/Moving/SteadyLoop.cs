using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.Moving;

/// <summary>Does something every second. A time that fails is told once, and does not end it.</summary>
internal static class SteadyLoop
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <param name="what">What is done, for the log: <c>looking for drains</c>.</param>
    /// <param name="step">Does it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told of failures.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task RunAsync(
        string what, Func<Task> step, TimeProvider time, ILogger logger, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Period, time);

        // Its end is no failure; as an exception the host would report it as one, if it ends before it has started.
        await using var end = stop.UnsafeRegister(static timer => ((PeriodicTimer)timer!).Dispose(), timer);
        var failing = false;
        while (await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            try
            {
                await step();
                failing = false;
            }
            catch (Exception ex) when (!failing && !stop.IsCancellationRequested)
            {
                failing = true;
                MovingLog.StepFailed(logger, what, ex);
            }
            catch (Exception ex) when (!stop.IsCancellationRequested)
            {
                MovingLog.StepFailedAgain(logger, what, ex.Message);
            }
        }
    }

    /// <inheritdoc cref="RunAsync(string, Func{Task}, TimeProvider, ILogger, CancellationToken)"/>
    public static Task RunAsync(string what, Action step, TimeProvider time, ILogger logger, CancellationToken stop) =>
        RunAsync(
            what,
            () =>
            {
                step();
                return Task.CompletedTask;
            },
            time,
            logger,
            stop);
}
