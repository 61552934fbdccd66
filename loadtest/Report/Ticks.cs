namespace WsBalancer.LoadTest.Report;

/// <summary>The refresh interval of a display.</summary>
internal static class Ticks
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    /// <summary>Calls <paramref name="tick"/> every second until <paramref name="run"/> completes.</summary>
    public static async Task WhileAsync(Task run, TimeProvider time, Action tick)
    {
        using var timer = new PeriodicTimer(Beat, time);
        var next = timer.WaitForNextTickAsync().AsTask();
        while (await Task.WhenAny(run, next) != run)
        {
            tick();
            next = timer.WaitForNextTickAsync().AsTask();
        }

        await run;
    }
}
