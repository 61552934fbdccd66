using CsCheck;
using WsBalancer.Proxy.Moving;

namespace WsBalancer.Proxy.Tests.Moving;

public sealed class PaceTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    [Fact]
    public void Rate_IsKeptWhereTheDeadlineIsFar()
    {
        var closed = Run(100, TimeSpan.FromMinutes(10), total: 1_000, until: TimeSpan.FromSeconds(5));

        Assert.Equal(500, closed);
    }

    // 3 a second is 0.15 a step: what is cut off each time must not be lost.
    [Fact]
    public void Fractions_AreCarriedOver()
    {
        Assert.InRange(Run(3, TimeSpan.FromMinutes(10), total: 1_000, until: TimeSpan.FromSeconds(100)), 299, 300);
    }

    [Fact]
    public void Rate_RisesToWhatTheDeadlineAsksFor()
    {
        // 6,000 in 60 s, of which 5 s are for the answers: 109 a second, though only 10 were asked for.
        Assert.InRange(Run(10, TimeSpan.FromSeconds(60), 6_000, TimeSpan.FromSeconds(10)), 1_080, 1_095);
        Assert.Equal(6_000, Run(10, TimeSpan.FromSeconds(60), 6_000, TimeSpan.FromSeconds(55)));
    }

    [Fact]
    public void Everything_IsDueWhenTheTimeIsUp()
    {
        var pace = new Pace(1, TimeSpan.FromSeconds(10), CloseTimeout);

        Assert.Equal(0, pace.Next(7, TimeSpan.Zero, TimeSpan.Zero));
        Assert.Equal(7, pace.Next(7, TimeSpan.FromSeconds(5), Step));
        Assert.Equal(7, new Pace(1, TimeSpan.Zero, CloseTimeout).Next(7, TimeSpan.Zero, TimeSpan.Zero));
    }

    // A pace that had nothing to close for a while does not make up for it with a storm.
    [Fact]
    public void Idleness_IsNotSavedUp()
    {
        var pace = new Pace(100, TimeSpan.FromMinutes(10), CloseTimeout);
        for (var i = 1; i <= 100; i++)
        {
            Assert.Equal(0, pace.Next(0, Step * i, Step));
        }

        Assert.InRange(pace.Next(1_000, Step * 101, Step), 5, 6);
    }

    // A user of five tunnels goes as a whole, though one was due; the next four steps pay for it.
    [Fact]
    public void Excess_IsOwed()
    {
        var pace = new Pace(20, TimeSpan.FromMinutes(10), CloseTimeout);
        Assert.Equal(1, pace.Next(1_000, Step, Step));

        pace.Spend(5);

        Assert.Equal([0, 0, 0, 0, 1], Enumerable.Range(2, 5).Select(step => pace.Next(995, Step * step, Step)));
    }

    [Fact]
    public void Pace_NeverClosesMoreThanThereIs_NeverIsSlowerThanTheFloor_AndEndsInTime() =>
        Gen.Select(Gen.Int[1, 2_000], Gen.Int[6, 120], Gen.Int[0, 3_000], Gen.Int[10, 1_000])
            .Sample((rate, seconds, total, stepMilliseconds) =>
            {
                var step = TimeSpan.FromMilliseconds(stepMilliseconds);
                var over = TimeSpan.FromSeconds(seconds);
                var pace = new Pace(rate, over, CloseTimeout);
                var remaining = total;
                for (var elapsed = step; elapsed <= over - CloseTimeout; elapsed += step)
                {
                    var now = pace.Next(remaining, elapsed, step);
                    pace.Spend(now);
                    Assert.InRange(now, 0, remaining);
                    remaining -= now;
                    var least = Math.Min(total, (int)(rate * elapsed.TotalSeconds) - 1);
                    Assert.True(total - remaining >= least, $"{total - remaining} after {elapsed}, not {least}");
                }

                Assert.Equal(0, remaining);
            });

    private static int Run(double rate, TimeSpan over, int total, TimeSpan until)
    {
        var pace = new Pace(rate, over, CloseTimeout);
        var closed = 0;
        for (var elapsed = Step; elapsed <= until; elapsed += Step)
        {
            var now = pace.Next(total - closed, elapsed, Step);
            pace.Spend(now);
            closed += now;
        }

        return closed;
    }
}
