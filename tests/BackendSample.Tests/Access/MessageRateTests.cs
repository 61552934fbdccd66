using Microsoft.Extensions.Time.Testing;
using WsBalancer.BackendSample.Access;

namespace WsBalancer.BackendSample.Tests.Access;

public sealed class MessageRateTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Message_BeyondTheBurst_IsRefused()
    {
        var rate = new MessageRate(3, 3, _time);

        Assert.Equal([true, true, true, false], Take(rate, 4));
    }

    [Fact]
    public void Message_AfterAPause_IsAllowedAtTheRate()
    {
        var rate = new MessageRate(10, 10, _time);
        Take(rate, 10);

        _time.Advance(TimeSpan.FromMilliseconds(200));

        Assert.Equal([true, true, false], Take(rate, 3));
    }

    [Fact]
    public void Message_AfterALongPause_HasTheBurstOfOneSecond()
    {
        var rate = new MessageRate(2, 2, _time);
        Take(rate, 2);

        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal([true, true, false], Take(rate, 3));
    }

    private static bool[] Take(MessageRate rate, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => rate.TryTake())];
}
