namespace WsBalancer.LoadTest.Pacing;

/// <summary>Starts events when a schedule says so, whatever became of those before (an open model).</summary>
/// <remarks>A closed model, which sends the next request after the previous answer, slows down together with the
/// server it measures and never records the waiting it should have caused (coordinated omission). Here a late event
/// is started at once and told when it was meant to start, and latency is counted from then.</remarks>
internal sealed class Pacer(TimeProvider time)
{
    // The resolution of the runtime's timers; a shorter wait would return at once and spin.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    /// <summary>Calls <paramref name="start"/> with each event's index and intended time. It must not block: what
    /// takes longer goes on by itself.</summary>
    /// <returns>How many events were started: all, unless cancelled.</returns>
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
