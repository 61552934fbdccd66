using Microsoft.Extensions.Logging;
using WsBalancer.Sockets;

namespace WsBalancer.Proxy.Hosting;

/// <summary>
/// Repeats a step at an interval. A step that fails does not end the loop: the first of several failures in a row is
/// logged as an error, the others at Debug.
/// </summary>
internal static class PeriodicLoop
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <param name="what">The name of the step in log messages, such as <c>looking for drains</c>.</param>
    /// <param name="step">Called once in each interval, never concurrently.</param>
    /// <param name="time">The clock of the interval.</param>
    /// <param name="logger">Receives the failures of the step.</param>
    /// <param name="stop">Ends the loop after the current step.</param>
    /// <param name="interval">The period of the steps; null for one second.</param>
    public static async Task RunAsync(
        string what,
        Func<Task> step,
        TimeProvider time,
        ILogger logger,
        CancellationToken stop,
        TimeSpan? interval = null)
    {
        using var timer = new PeriodicTimer(interval ?? Second, time);

        // The timer is disposed of to end the wait without an exception: the host would report an exception as a
        // failure if the loop ends during the start.
        await using var end = stop.UnsafeRegister(
            static timer => CallbackState.Of<PeriodicTimer>(timer).Dispose(), timer);
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
                HostingLog.StepFailed(logger, what, ex);
            }
            catch (Exception ex) when (!stop.IsCancellationRequested)
            {
                HostingLog.StepFailedAgain(logger, what, ex.Message);
            }
        }
    }

    /// <inheritdoc cref="RunAsync(string, Func{Task}, TimeProvider, ILogger, CancellationToken, TimeSpan?)"/>
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
