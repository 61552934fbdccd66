using WsBalancer.Cli.Run;

namespace WsBalancer.Cli.Tests.Run;

public sealed class TrimTimingTests
{
    private const long Small = 1 << 20;

    private readonly TrimTiming _timing = new();

    [Fact]
    public void AStorm_IsTrimmedOnce_WhenItIsOver()
    {
        bool[] due = [Due(0), Due(600), Due(1_200), Due(1_200), Due(1_200)];

        Assert.Equal([false, false, false, true, false], due);
    }

    [Fact]
    public void AFewHandshakes_AreNotWorthIt_UntilTheyAreMany()
    {
        bool[] due = [Due(999), Due(999), Due(1_000), Due(1_000)];

        Assert.Equal([false, false, false, true], due);
    }

    [Fact]
    public void TheNextStorm_IsTrimmedToo()
    {
        bool[] due = [Due(5_000), Due(5_000), Due(5_999), Due(5_999), Due(6_000), Due(6_000)];

        Assert.Equal([false, true, false, false, false, true], due);
    }

    [Fact]
    public void ALargeHeap_IsLeftAlone()
    {
        Due(5_000);

        Assert.False(_timing.IsDue(5_000, TrimTiming.LargestHeap + 1));
        Assert.True(_timing.IsDue(5_000, TrimTiming.LargestHeap));
    }

    private bool Due(long opened) => _timing.IsDue(opened, Small);
}
