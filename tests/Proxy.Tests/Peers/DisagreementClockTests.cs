using WsBalancer.Proxy.Peers;

namespace WsBalancer.Proxy.Tests.Peers;

public sealed class DisagreementClockTests
{
    private readonly DisagreementClock _clock = new();

    [Fact]
    public void Difference_IsAnAlarmAfterFiveSeconds_UntilItEnds()
    {
        Assert.False(Observe("a ring", 0));
        Assert.False(Observe("a ring", 4.9));
        Assert.Null(_clock.Alarm);

        Assert.True(Observe("a ring", 5));
        Assert.Equal("a ring", _clock.Alarm);
        Assert.False(Observe("a drain", 6));
        Assert.Equal("a drain", _clock.Alarm);

        Assert.True(Observe(null, 7));
        Assert.Null(_clock.Alarm);
    }

    [Fact]
    public void Difference_ThatEndedInBetween_IsTimedFromItsReturn()
    {
        Observe("a ring", 0);
        Observe(null, 3);
        Observe("a ring", 4);

        Assert.False(Observe("a ring", 8.9));
        Assert.True(Observe("a ring", 9));
    }

    // Many drains, one after the other: every report is a little late, but no difference lasts.
    [Fact]
    public void Differences_OfWhichNoneLasts_AreNoAlarm()
    {
        for (var second = 0; second < 20; second++)
        {
            Assert.False(Observe($"drain {second}", second));
        }

        Assert.False(Observe("drain 19", 23.9));
        Assert.True(Observe("drain 19", 24));
    }

    private bool Observe(string? difference, double seconds) =>
        _clock.Observe(difference, TimeSpan.FromSeconds(seconds));
}
