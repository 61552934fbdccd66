namespace WsBalancer.Cli.Tests;

/// <summary>A clock whose time advances only when a timer is created, which is then due at once.</summary>
internal sealed class AutoAdvancingClock : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public TimeSpan Passed => new(Volatile.Read(ref _ticks));

    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Add(ref _ticks, dueTime.Ticks);
        ThreadPool.QueueUserWorkItem(_ => callback(state));
        return new FiredTimer();
    }

    // A timer that was due when it was created: a change of its due time has no effect.
    private sealed class FiredTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => false;

        public void Dispose()
        {
            // The timer owns no resources.
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
