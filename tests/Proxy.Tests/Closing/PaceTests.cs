using CsCheck;
using WsBalancer.Proxy.Closing;
using WsBalancer.Proxy.Peers;

namespace WsBalancer.Proxy.Tests.Closing;

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

    // 3 per second are 0.15 per step: the fraction that is cut off in each step must not be lost.
    [Fact]
    public void Fractions_AreCarriedOver()
    {
        Assert.InRange(Run(3, TimeSpan.FromMinutes(10), total: 1_000, until: TimeSpan.FromSeconds(100)), 299, 300);
    }

    [Fact]
    public void Rate_RisesToWhatTheDeadlineRequires()
    {
        // 6,000 in 60 s, of which 5 s are for the answers: 109 per second, although the requested rate is 10.
        Assert.InRange(Run(10, TimeSpan.FromSeconds(60), 6_000, TimeSpan.FromSeconds(10)), 1_080, 1_095);
        Assert.Equal(6_000, Run(10, TimeSpan.FromSeconds(60), 6_000, TimeSpan.FromSeconds(55)));
    }

    [Fact]
    public void Everything_IsDueWhenTheTimeIsUp()
    {
        var pace = Create(1, TimeSpan.FromSeconds(10));

        Assert.Equal(0, pace.Next(7, TimeSpan.Zero, TimeSpan.Zero));
        Assert.Equal(7, pace.Next(7, TimeSpan.FromSeconds(5), Step));
        Assert.Equal(7, Create(1, TimeSpan.Zero).Next(7, TimeSpan.Zero, TimeSpan.Zero));
    }

    // A pace that had nothing to close for a while must not catch up with a burst.
    [Fact]
    public void Idleness_IsNotSavedUp()
    {
        var pace = Create(100, TimeSpan.FromMinutes(10));
        for (var i = 1; i <= 100; i++)
        {
            Assert.Equal(0, pace.Next(0, Step * i, Step));
        }

        Assert.InRange(pace.Next(1_000, Step * 101, Step), 5, 6);
    }

    // A user with five tunnels is closed as a whole, although one was due; the next four steps compensate for that.
    [Fact]
    public void Excess_IsOwed()
    {
        var pace = Create(20, TimeSpan.FromMinutes(10));
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
                var pace = Create(rate, over);
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

    [Fact]
    public void WithoutDeadline_NothingRaisesIt()
    {
        var pace = Create(10, over: null);

        Assert.Equal(10, pace.Next(1_000_000, TimeSpan.FromDays(365), TimeSpan.FromSeconds(1)));
        Assert.False(pace.IsRaised);
    }

    [Fact]
    public void RateZero_WithoutDeadline_ClosesNothingEver() =>
        Gen.Select(Gen.Int[0, 10_000], Gen.Int[0, 10_000_000]).Sample((remaining, seconds) =>
            Assert.Equal(0, Create(0, over: null).Next(remaining, TimeSpan.FromSeconds(seconds), Step)));

    // 1,000 at 100 per second take 10 s, and 5 s are for the answers: of a minute, 45 s pass before the first close.
    [Fact]
    public void RateZero_WaitsUntilTheDeadlineCanOnlyJustBeKept()
    {
        var pace = new Pace(new PaceTerms(0, TimeSpan.FromSeconds(60), CloseTimeout, LateRatePerSecond: 100));
        var remaining = 1_000;
        var firstAt = TimeSpan.Zero;
        for (var elapsed = Step; elapsed <= TimeSpan.FromSeconds(55); elapsed += Step)
        {
            var now = pace.Next(remaining, elapsed, Step);
            pace.Spend(now);
            Assert.InRange(now, 0, 6);
            firstAt = now > 0 && firstAt == TimeSpan.Zero ? elapsed : firstAt;
            remaining -= now;
        }

        Assert.Equal(0, remaining);
        Assert.InRange(firstAt.TotalSeconds, 45, 45.2);
        Assert.True(pace.IsRaised);
    }

    // Tunnels that end on their own lower the required rate for a moment: the pace must not stop again.
    [Fact]
    public void RateZero_OnceBegun_Continues()
    {
        var pace = new Pace(new PaceTerms(0, TimeSpan.FromSeconds(60), CloseTimeout, LateRatePerSecond: 100));
        Assert.Equal(0, pace.Next(1_000, TimeSpan.FromSeconds(44), Step));
        Assert.Equal(5, pace.Next(1_000, TimeSpan.FromSeconds(45), Step));

        Assert.Equal(100, pace.RateAt(1, TimeSpan.FromSeconds(46)));
    }

    [Fact]
    public void Raise_IsReported_NotThatOfRounding()
    {
        var even = Create(20, TimeSpan.FromSeconds(55));
        even.Next(1_000, Step, Step);
        even.Next(1_000, Step * 2, Step);
        Assert.False(even.IsRaised);

        var late = Create(20, TimeSpan.FromSeconds(50));
        late.Next(1_000, Step, Step);
        Assert.True(late.IsRaised);
    }

    // The rates of the balancers add up to the rate of a single one.
    [Fact]
    public void Share_OfEveryBalancer_AddsUpToTheRate() =>
        Gen.Select(Gen.Int[1, 2_000], Gen.Int[1, 10_000].Array[1, 6]).Sample((rate, balancers) =>
        {
            var elapsed = TimeSpan.FromSeconds(1);
            var pace = Create(rate, TimeSpan.FromMinutes(5));
            var sum = balancers.Sum(own => pace.RateAt(own, elapsed, FleetShare.Of(own, balancers.Sum() - own)));

            Assert.Equal(pace.RateAt(balancers.Sum(), elapsed), sum, 0.001);
        });

    private static Pace Create(double rate, TimeSpan? over) => new(new PaceTerms(rate, over, CloseTimeout));

    private static int Run(double rate, TimeSpan over, int total, TimeSpan until)
    {
        var pace = Create(rate, over);
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
