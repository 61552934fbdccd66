using System.Collections.Concurrent;
using WsBalancer.LoadTest.Load;
using WsBalancer.LoadTest.Values;

namespace WsBalancer.LoadTest.Tests.Load;

public sealed class PacerTests : IDisposable
{
    private readonly SleeperTime _time = new();
    private readonly ConcurrentQueue<(long Index, long Intended)> _started = new();
    private readonly CancellationTokenSource _stop = new();

    public void Dispose() => _stop.Dispose();

    [Fact]
    public async Task RunAsync_AsTimePasses_StartsEachEventAtItsTime()
    {
        var run = Begin(count: 5, perSecond: 10);
        await HasStartedAsync(1);

        for (var expected = 2; expected <= 5; expected++)
        {
            await _time.AdvanceAsync(TimeSpan.FromMilliseconds(100));
            await HasStartedAsync(expected);
        }

        Assert.Equal(5, await run);
        Assert.Equal([0, 100, 200, 300, 400], _started.Select(start => Milliseconds(start.Intended)));
    }

    [Fact]
    public async Task RunAsync_AfterAStall_CatchesUpAndKeepsTheIntendedTimes()
    {
        var run = Begin(count: 100, perSecond: 100);
        await HasStartedAsync(1);

        await _time.AdvanceAsync(TimeSpan.FromMilliseconds(500));
        await HasStartedAsync(51);
        await _time.AdvanceAsync(TimeSpan.FromMilliseconds(10));
        await HasStartedAsync(52);

        var everyTenth = Enumerable.Range(0, 52).Select(index => index * 10.0);
        Assert.Equal(everyTenth, _started.Select(start => Milliseconds(start.Intended)));
        await StopAsync(run);
    }

    [Fact]
    public async Task RunAsync_WhenNothingEverCompletes_StartsTheNextAllTheSame()
    {
        var never = new TaskCompletionSource();
        var pending = new ConcurrentQueue<Task>();
        var schedule = Schedule.StartingNow(_time, 50, new Rate(1_000));
        var run = Task.Run(
            () => new Pacer(_time).RunAsync(schedule, (_, _) => pending.Enqueue(SendAsync()), _stop.Token));

        await Eventually.IsTrueAsync(() => !pending.IsEmpty, "the first send");
        await _time.AdvanceAsync(TimeSpan.FromMilliseconds(60));

        Assert.Equal(50, await run);
        Assert.All(pending, send => Assert.False(send.IsCompleted));

        async Task SendAsync() => await never.Task;
    }

    [Fact]
    public async Task RunAsync_WhenStopped_ReturnsHowManyItStarted()
    {
        var run = Begin(count: 100, perSecond: 10);
        await HasStartedAsync(1);

        await StopAsync(run);

        Assert.Equal(1, await run);
    }

    private Task<long> Begin(long count, double perSecond)
    {
        var schedule = Schedule.StartingNow(_time, count, new Rate(perSecond));
        return Task.Run(() => new Pacer(_time).RunAsync(
            schedule, (index, intended) => _started.Enqueue((index, intended - schedule.Start)), _stop.Token));
    }

    private async Task StopAsync(Task run)
    {
        await _stop.CancelAsync();
        await run;
    }

    /// <summary>Waits until exactly this many events have been started.</summary>
    private async Task HasStartedAsync(int count)
    {
        await Eventually.IsTrueAsync(() => _started.Count >= count, $"{count} events");
        Assert.Equal(count, _started.Count);
    }

    private double Milliseconds(long ticks) => _time.GetElapsedTime(0, ticks).TotalMilliseconds;
}
