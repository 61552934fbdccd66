namespace WsBalancer.LoadTest.Load;

/// <summary>Starts events at their scheduled times, whatever the result of the earlier ones (an open model).</summary>
/// <remarks>
/// A closed model, which sends the next request after the previous response, slows down together with the server it
/// measures and never records the wait that it should have caused (coordinated omission). Here a late event is started
/// at once with its intended time, and latency counts from that time.
/// </remarks>
internal sealed class Pacer(TimeProvider time)
{
    // The resolution of the runtime's timers; a shorter wait would return at once and busy-wait.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// Calls <paramref name="start"/> with each event's index and intended time. The callback must not block; longer
    /// work must continue asynchronously.
    /// </summary>
    /// <returns>The number of events that were started: all, unless cancelled.</returns>
    public async Task<long> RunAsync(Schedule schedule, Action<long, long> start, CancellationToken cancellation)
    {
        var next = 0L;
        while (next < schedule.Count && !cancellation.IsCancellationRequested)
        {
            var intended = schedule.IntendedAt(next);
            var wait = intended - time.GetTimestamp();
            if (wait <= 0)
            {
                start(next, intended);
                next++;
            }
            else
            {
                await WaitAsync(wait, schedule.TimestampFrequency, cancellation);
            }
        }

        return next;
    }

    private async Task WaitAsync(long ticks, long frequency, CancellationToken cancellation)
    {
        var wait = TimeSpan.FromSeconds((double)ticks / frequency);
        await Task.Delay(wait > ShortestWait ? wait : ShortestWait, time, cancellation)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
