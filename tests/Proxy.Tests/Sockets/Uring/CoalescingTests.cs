using WsBalancer.Sockets.Uring;

namespace WsBalancer.Proxy.Tests.Sockets.Uring;

public sealed class CoalescingTests
{
    private readonly Coalescing _coalescing = new();

    [Fact]
    public void ALoopWithLittleToDo_WaitsForOne()
    {
        for (var turn = 0; turn < 1000; turn++)
        {
            _coalescing.Record(turn % Coalescing.Min, waited: true);

            Assert.Equal(1, _coalescing.Wanted);
        }
    }

    [Fact]
    public void ManyInEveryTurn_AreWaitedFor()
    {
        Record(Coalescing.Min, Coalescing.TurnsToGrow - 1);
        Assert.Equal(1, _coalescing.Wanted);

        Record(Coalescing.Min, 1);

        Assert.Equal(Coalescing.Min, _coalescing.Wanted);
    }

    [Fact]
    public void OneTurnWithFew_ResetsTheCount()
    {
        Record(100, Coalescing.TurnsToGrow - 1);
        Record(1, 1);
        Record(100, Coalescing.TurnsToGrow - 1);

        Assert.Equal(1, _coalescing.Wanted);
    }

    [Fact]
    public void AsManyAsWereWanted_MakeItMore_UpToABound()
    {
        var (last, turns) = (0, 0);
        while (_coalescing.Wanted < Coalescing.Max)
        {
            Record(Math.Max(_coalescing.Wanted, Coalescing.Min), Coalescing.TurnsToGrow);
            Assert.InRange(_coalescing.Wanted, last + 1, Coalescing.Max);
            (last, turns) = (_coalescing.Wanted, turns + Coalescing.TurnsToGrow);
        }

        Record(1000, 10 * Coalescing.TurnsToGrow);

        Assert.Equal(Coalescing.Max, _coalescing.Wanted);
        Assert.InRange(turns, 100, 500);
    }

    [Fact]
    public void FewerThanWereWanted_MakeItHalfOfThem()
    {
        Record(1000, 1000);

        Record(40, 1);
        Assert.Equal(20, _coalescing.Wanted);

        Record(2 * Coalescing.Min - 1, 1);
        Assert.Equal(1, _coalescing.Wanted);
    }

    [Fact]
    public void ATurnThatDidNotWait_ChangesNothing()
    {
        Record(1000, 1000);
        _coalescing.Record(0, waited: false);

        Assert.Equal(Coalescing.Max, _coalescing.Wanted);
    }

    private void Record(int completions, int turns)
    {
        for (var turn = 0; turn < turns; turn++)
        {
            _coalescing.Record(completions, waited: true);
        }
    }
}
