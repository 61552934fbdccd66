using WsBalancer.BackendSample.Sessions;

namespace WsBalancer.BackendSample.Tests.Sessions;

public sealed class TrimTimingTests
{
    private readonly TrimTiming _timing = new();

    [Fact]
    public void AfterABurstOfMessages_ItIsDueOnce_WhenTheBurstIsOver()
    {
        Assert.False(IsDue(0));
        Assert.False(IsDue(TrimTiming.Worthwhile));
        Assert.True(IsDue(TrimTiming.Worthwhile + TrimTiming.Calm - 1));
        Assert.False(IsDue(TrimTiming.Worthwhile + TrimTiming.Calm));
    }

    [Fact]
    public void WhileTheBurstContinues_ItIsNotDue()
    {
        for (var burst = 1; burst < 10; burst++)
        {
            Assert.False(IsDue(burst * TrimTiming.Worthwhile));
        }
    }

    [Fact]
    public void ALittleAtATime_IsNotWorthIt_UntilItAddsUp()
    {
        const long Little = TrimTiming.Calm / 2;
        const long Steps = TrimTiming.Worthwhile / Little;

        for (var step = 0; step < Steps; step++)
        {
            Assert.False(IsDue(step * Little));
        }

        Assert.True(IsDue(Steps * Little));
    }

    [Fact]
    public void AMinuteLater_ItIsDueOnceMore()
    {
        IsDue(TrimTiming.Worthwhile);
        Assert.True(IsDue(TrimTiming.Worthwhile));

        var due = Enumerable.Range(1, 3 * TrimTiming.LooksUntilRepeat).Where(_ => IsDue(TrimTiming.Worthwhile));

        Assert.Equal([TrimTiming.LooksUntilRepeat], due);
    }

    [Fact]
    public void ManySessions_CountAsWhatTheyLeave()
    {
        var many = (TrimTiming.Worthwhile / TrimTiming.LeftBySession) + 1;

        Assert.False(_timing.IsDue(0, many, 0, 0));
        Assert.True(_timing.IsDue(0, many, 0, 0));
    }

    [Theory]
    [InlineData(TrimTiming.LargestHeap + 1, 0)]
    [InlineData(0, (int)(TrimTiming.LargestHeap / TrimTiming.HeldBySession) + 1)]
    public void WithALargeHeap_ItIsDueOnlyWhenItIsSmaller(long held, int sessions)
    {
        _timing.IsDue(TrimTiming.Worthwhile, 0, held, sessions);
        Assert.False(_timing.IsDue(TrimTiming.Worthwhile, 0, held, sessions));

        Assert.True(_timing.IsDue(TrimTiming.Worthwhile, 0, 0, 0));
    }

    private bool IsDue(long released) => _timing.IsDue(released, 0, 0, 0);
}
