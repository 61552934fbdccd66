using Microsoft.Extensions.Time.Testing;
using WsBalancer.LoadTest.Load;
using WsBalancer.LoadTest.Values;

namespace WsBalancer.LoadTest.Tests.Load;

public sealed class ScheduleTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(30_000)]
    public void IntendedAt_AfterAnHourOfAnUnevenRate_HasNotDrifted(int perSecond)
    {
        var time = new FakeTimeProvider();
        var schedule = Schedule.StartingNow(time, long.MaxValue, new Rate(perSecond));

        var afterAnHour = schedule.IntendedAt(3_600L * perSecond) - schedule.Start;

        Assert.Equal(TimeSpan.FromHours(1), time.GetElapsedTime(0, afterAnHour));
    }

    [Theory]
    [InlineData(10, 1, 10)]
    [InlineData(10, 0.95, 10)]
    [InlineData(10, 0.9, 9)]
    [InlineData(10, 0, 0)]
    public void Lasting_CountsWhatBeginsBeforeTheEnd(double perSecond, double seconds, long count)
    {
        var schedule = Schedule.Lasting(new FakeTimeProvider(), TimeSpan.FromSeconds(seconds), new Rate(perSecond));

        Assert.Equal(count, schedule.Count);
    }
}
