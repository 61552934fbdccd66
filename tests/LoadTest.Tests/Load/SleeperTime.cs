using Microsoft.Extensions.Time.Testing;

namespace WsBalancer.LoadTest.Tests.Load;

/// <summary>
/// Fake time that advances only after the code under test has created its timer. Otherwise, code that has read the
/// clock but not yet set its timer would wait too long.
/// </summary>
internal sealed class SleeperTime : FakeTimeProvider
{
    private int _sleeps;
    private int _awaited;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        Interlocked.Increment(ref _sleeps);
        return timer;
    }

    public async Task AdvanceAsync(TimeSpan time)
    {
        _awaited++;
        await Eventually.IsTrueAsync(() => Volatile.Read(ref _sleeps) >= _awaited, $"sleep {_awaited}");
        Advance(time);
    }
}
