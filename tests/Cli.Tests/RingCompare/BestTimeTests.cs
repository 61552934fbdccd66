using WsBalancer.Cli.RingCompare;

namespace WsBalancer.Cli.Tests.RingCompare;

public sealed class BestTimeTests
{
    private readonly SteadyClock _clock = new(perGlance: TimeSpan.Zero);

    [Fact]
    public void ATime_IsTheShortestAfterTheWarmUp()
    {
        // The warm-up ends with the third round, at 101 ms, and the measurement with the sixth.
        var round = Taking(50, 1, 50, 30, 20, 60);

        var best = Measure(warmUp: 100, measuring: 100, round);

        Assert.Equal([TimeSpan.FromMilliseconds(20)], best);
    }

    [Fact]
    public void ARoundThatIsLongerThanAllThereIsTimeFor_IsMeasuredOnce()
    {
        var best = Measure(warmUp: 100, measuring: 100, Taking(900, 800));

        Assert.Equal([TimeSpan.FromMilliseconds(800)], best);
    }

    [Fact]
    public void ShortRounds_FillATurnAndThenTheNextActionHasOne()
    {
        var order = new List<string>();
        var best = Measure(warmUp: 1, measuring: 1, Named("a", 2), Named("b", 9));

        // A turn ends after at least 5 ms, and a phase after a turn of each action.
        Assert.Equal(["a", "a", "a", "b", "a", "a", "a", "b"], order);
        Assert.Equal([TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(9)], best);

        Action Named(string name, int milliseconds) => () =>
        {
            order.Add(name);
            _clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
        };
    }

    private TimeSpan[] Measure(int warmUp, int measuring, params Action[] rounds) => new BestTime(_clock).Of(
        TimeSpan.FromMilliseconds(warmUp), TimeSpan.FromMilliseconds(measuring), rounds);

    private Action Taking(params int[] milliseconds)
    {
        var round = 0;
        return () => _clock.Advance(TimeSpan.FromMilliseconds(milliseconds[round++]));
    }
}
