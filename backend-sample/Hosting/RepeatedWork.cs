namespace WsBalancer.BackendSample.Hosting;

/// <summary>Work that is repeated for as long as the node runs. No failure ends the loop.</summary>
internal static class RepeatedWork
{
    /// <summary>Repeats the work until the stop.</summary>
    /// <param name="work">The work in words, for the log: <c>renewing the registration</c>.</param>
    /// <param name="step">Does the work once.</param>
    /// <param name="interval">The time between the starts of two repetitions.</param>
    /// <param name="time">The time source of the interval.</param>
    /// <param name="logger">Receives one line when failures begin, and one when they end.</param>
    /// <param name="stop">Ends the loop after the current repetition.</param>
    public static async Task RunAsync(
        string work, Func<Task> step, TimeSpan interval, TimeProvider time, ILogger logger, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(interval, time);

        // The stop disposes the timer, so that the loop ends without an exception.
        await using var end = stop.UnsafeRegister(static timer => ((PeriodicTimer)timer!).Dispose(), timer);
        var failures = 0;
        while (await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            try
            {
                await step();
                if (failures > 0)
                {
                    HostingLog.WorkSucceeds(logger, work, failures);
                    failures = 0;
                }
            }
            catch (Exception failure)
            {
                // An unhandled exception in a background service would end the process, with every connection.
                if (failures++ == 0)
                {
                    HostingLog.WorkFails(logger, work, failure);
                }
            }
        }
    }
}
