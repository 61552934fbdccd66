using WsBalancer.Proxy.Sockets.Uring;

namespace WsBalancer.Proxy.Tests.Sockets.Uring;

public sealed class CoalescingTests
{
    private readonly Coalescing _coalescing = new();

    [Fact]
    public void ALoopWithLittleToDo_WaitsForOne()
    {
        for (var turn = 0; turn < 1000; turn++)
        {
            _coalescing.Came(turn % Coalescing.Least, waited: true);

            Assert.Equal(1, _coalescing.Wanted);
        }
    }

    [Fact]
    public void ManyInEveryTurn_AreWaitedFor()
    {
        Come(Coalescing.Least, Coalescing.Patience - 1);
        Assert.Equal(1, _coalescing.Wanted);

        Come(Coalescing.Least, 1);

        Assert.Equal(Coalescing.Least, _coalescing.Wanted);
    }

    [Fact]
    public void OneTurnWithFew_ResetsTheCount()
    {
        Come(100, Coalescing.Patience - 1);
        Come(1, 1);
        Come(100, Coalescing.Patience - 1);

        Assert.Equal(1, _coalescing.Wanted);
    }

    [Fact]
    public void AsManyAsWereWanted_MakeItMore_UpToABound()
    {
        var (last, turns) = (0, 0);
        while (_coalescing.Wanted < Coalescing.Most)
        {
            Come(Math.Max(_coalescing.Wanted, Coalescing.Least), Coalescing.Patience);
            Assert.InRange(_coalescing.Wanted, last + 1, Coalescing.Most);
            (last, turns) = (_coalescing.Wanted, turns + Coalescing.Patience);
        }

        Come(1000, 10 * Coalescing.Patience);

        Assert.Equal(Coalescing.Most, _coalescing.Wanted);
        Assert.InRange(turns, 100, 500);
    }

    [Fact]
    public void FewerThanWereWanted_MakeItHalfOfThem()
    {
        Come(1000, 1000);

        Come(40, 1);
        Assert.Equal(20, _coalescing.Wanted);

        Come(2 * Coalescing.Least - 1, 1);
        Assert.Equal(1, _coalescing.Wanted);
    }

    [Fact]
    public void ATurnThatDidNotWait_ChangesNothing()
    {
        Come(1000, 1000);
        _coalescing.Came(0, waited: false);

        Assert.Equal(Coalescing.Most, _coalescing.Wanted);
    }

    private void Come(int completions, int turns)
    {
        for (var turn = 0; turn < turns; turn++)
        {
            _coalescing.Came(completions, waited: true);
        }
    }
}
