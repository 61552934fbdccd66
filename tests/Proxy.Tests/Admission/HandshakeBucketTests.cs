using WsBalancer.Proxy.Admission;

namespace WsBalancer.Proxy.Tests.Admission;

public sealed class HandshakeBucketTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TimerLog _time = new();
    private readonly HandshakeBucket _bucket;

    public HandshakeBucketTests() => _bucket = new HandshakeBucket(_time);

    [Fact]
    public void FirstSecondsTurns_AreImmediate_TheNextSecondsWait_AndTheRestAreRefused()
    {
        var turns = Take(25, rate: 10);

        Assert.All(turns[..10], turn => Assert.Equal(new HandshakeTurn(TimeSpan.Zero, null), turn));
        Assert.Equal(
            Enumerable.Range(1, 10).Select(i => i / 10.0), turns[10..20].Select(turn => turn.Wait.TotalSeconds));
        Assert.All(turns[20..], turn => Assert.NotNull(turn.RetryWithin));
    }

    [Fact]
    public void Tokens_AreAddedAtTheRate_AndNoMoreThanASecondsWorthIsKept()
    {
        Take(10, rate: 10);
        _time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal(5, AtOnce(Take(6, rate: 10)));

        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(10, AtOnce(Take(20, rate: 10)));
    }

    [Fact]
    public void InTheLongRun_TheRateHolds_ForAnyArrivals()
    {
        var taken = 0;
        for (var step = 0; step < 1_000; step++)
        {
            taken += Take(7, rate: 10).Count(turn => turn.RetryWithin is null);
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }

        // 10 turns at once, 100 turns in 10 seconds at the rate, and 10 turns that still wait.
        Assert.InRange(taken, 118, 120);
    }

    [Fact]
    public void OneASecond_StillHasATurn()
    {
        Assert.Equal([0, 1], Take(2, rate: 1).Select(turn => turn.Wait.TotalSeconds));
        Assert.NotNull(Assert.Single(Take(1, rate: 1)).RetryWithin);
    }

    [Fact]
    public void Wait_IsNoLongerThanThePatience()
    {
        Take(12, rate: 10);

        Assert.NotNull(_bucket.Take(10, null, TimeSpan.FromSeconds(0.2)).RetryWithin);
        Assert.Equal(TimeSpan.FromSeconds(0.3), _bucket.Take(10, null, TimeSpan.FromSeconds(0.3)).Wait);
    }

    [Fact]
    public void TurnThatIsReturned_IsGivenToAnother()
    {
        Assert.NotNull(Take(21, rate: 10)[^1].RetryWithin);

        _bucket.Refund();

        Assert.Equal(TimeSpan.FromSeconds(1), _bucket.Take(10, null, Patience).Wait);
        Assert.NotNull(_bucket.Take(10, null, Patience).RetryWithin);
    }

    [Fact]
    public void RetryAfter_IsSpreadOverTheTimeThatTheNodeNeedsForAll()
    {
        var turns = Take(420, rate: 10);
        Assert.Equal(TimeSpan.FromSeconds(40), turns[^1].RetryWithin);

        // In half a minute, the node could have accepted 300 of them.
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.InRange(Take(21, rate: 10)[^1].RetryWithin!.Value.TotalSeconds, 10, 10.2);
        Assert.Equal(TimeSpan.FromMinutes(1), Take(10_000, rate: 10)[^1].RetryWithin);
    }

    [Fact]
    public void Rise_IsFromATenthToTheWholeRate()
    {
        var slowStart = TimeSpan.FromSeconds(10);
        _bucket.BeginSlowStart();
        Assert.Equal(1, AtOnce(Take(50, rate: 100, slowStart)));
        var bySecond = new List<int>();
        for (var second = 0; second < 12; second++)
        {
            var taken = 0;
            for (var step = 0; step < 100; step++)
            {
                _time.Advance(TimeSpan.FromMilliseconds(10));
                taken += Take(5, rate: 100, slowStart).Count(turn => turn.RetryWithin is null);
            }

            bySecond.Add(taken);
        }

        // The rate in the middle of each second, plus the few handshakes that may wait while the rate rises.
        Assert.All(bySecond[..10].Index(), second => Assert.InRange(
            second.Item, 10 + (9 * (second.Index + 0.5)) - 2, 10 + (9 * (second.Index + 0.5)) + 12));
        Assert.All(bySecond[11..], taken => Assert.InRange(taken, 99, 101));
    }

    [Fact]
    public void Rise_WithoutSlowStart_IsNone()
    {
        _bucket.BeginSlowStart();
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(100, AtOnce(Take(150, rate: 100)));
    }

    [Fact]
    public void AnotherRate_HoldsFromTheNextTurnOn()
    {
        Take(1, rate: 100);

        Assert.Equal(10, AtOnce(Take(50, rate: 10)));
    }

    private static int AtOnce(IEnumerable<HandshakeTurn> turns) =>
        turns.Count(turn => turn is { Wait.Ticks: 0, RetryWithin: null });

    private HandshakeTurn[] Take(int count, int rate, TimeSpan? slowStart = null) =>
        [.. Enumerable.Range(0, count).Select(_ => _bucket.Take(rate, slowStart, Patience))];
}
