using WsBalancer.Cli.Run;

namespace WsBalancer.Cli.Tests.Run;

public sealed class TrimTimingTests
{
    private const long Small = 1 << 20;

    private readonly TrimTiming _timing = new();

    [Fact]
    public void Storm_IsTrimmedOnce_WhenItIsOver()
    {
        bool[] due = [Due(0), Due(600), Due(1_200), Due(1_200), Due(1_200)];

        Assert.Equal([false, false, false, true, false], due);
    }

    [Fact]
    public void FewChanges_AreNotTrimmed_UntilTheyAreMany()
    {
        bool[] due = [Due(999), Due(999), Due(1_000), Due(1_000)];

        Assert.Equal([false, false, false, true], due);
    }

    [Fact]
    public void NextStorm_IsTrimmedToo()
    {
        bool[] due = [Due(5_000), Due(5_000), Due(5_999), Due(5_999), Due(6_000), Due(6_000)];

        Assert.Equal([false, true, false, false, false, true], due);
    }

    [Fact]
    public void FewChanges_OfTunnelsThatBufferedMuch_AreTrimmed()
    {
        const long Large = Small + TrimTiming.WorthwhileGrowth;
        bool[] due = [Due(2), Due(2, Large), Due(2, Large), Due(3, Large), Due(3, Large)];

        Assert.Equal([false, true, false, false, false], due);
        Assert.True(Due(3, Large + TrimTiming.WorthwhileGrowth));
    }

    [Fact]
    public void Storm_IsTrimmedAgain_AfterMinutesWithoutAChange()
    {
        Due(5_000);
        var due = Enumerable.Range(1, 2_000).Where(_ => Due(5_000)).ToArray();

        Assert.Equal([1, 60, 300, 900, 1_800], due);
    }

    // A trim does not change the size of the heap here.
    private bool Due(long changes, long heapBytes = Small)
    {
        var isDue = _timing.IsDue(changes, heapBytes);
        if (isDue)
        {
            _timing.Trimmed(heapBytes);
        }

        return isDue;
    }
}
