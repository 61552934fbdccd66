using WsBalancer.Proxy.Closing;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Closing;

public sealed class ClosingRunTests
{
    [Fact]
    public void Rate_IsKept_AndItIsDoneWhenNoTunnelIsLeft()
    {
        using var crowd = new Crowd(users: 100, tunnelsEach: 1);
        var tally = new ClosingTally();
        var run = crowd.Closer.Prepare(crowd.Plan(rate: 100), tally);
        run.Step();
        Assert.Equal(0, crowd.ClosingCount);
        for (var i = 1; i <= 20; i++)
        {
            crowd.Step(run);
            Assert.InRange(crowd.ClosingCount, (i * 5) - 1, i * 5);
        }

        crowd.Step(run);
        Assert.Equal(ClosingPhase.Ending, run.Step());
        Assert.Equal((100, 0, 100), (tally.Closed, tally.Forced, tally.Pending));
        Assert.All(crowd.Tunnels, tunnel => Assert.Equal(1012, tunnel.SentCloseCode));

        crowd.EndClosing();
        Assert.Equal(ClosingPhase.Done, run.Step());
        Assert.Equal((100, 0, 0), (tally.Closed, tally.Forced, tally.Pending));
        Assert.Equal(100, crowd.Tunnels[0].Tunnel.Ledger.Read().Closed[(int)TunnelEnd.Drain]);
    }

    [Fact]
    public void Forced_AreCounted()
    {
        using var crowd = new Crowd(users: 10, tunnelsEach: 1);
        var tally = new ClosingTally();
        var run = crowd.Closer.Prepare(crowd.Plan(rate: 1_000), tally);
        run.Step();
        crowd.Step(run, steps: 2);
        crowd.Tunnels[0].End();

        // The other clients do not answer within the close timeout, nor do their nodes in the second after it.
        crowd.Time.Advance(TimeSpan.FromSeconds(5));
        crowd.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.All(crowd.Tunnels.Skip(1), tunnel => Assert.True(tunnel.IsCut));
        crowd.EndClosing();
        run.Step();

        Assert.Equal((10, 9, 0), (tally.Closed, tally.Forced, tally.Pending));
    }

    [Fact]
    public void Users_AreClosedWhole()
    {
        using var crowd = new Crowd(users: 20, tunnelsEach: 4);
        var run = crowd.Closer.Prepare(crowd.Plan(rate: 100));
        run.Step();
        for (var i = 0; i < 10; i++)
        {
            crowd.Step(run);
            Assert.All(crowd.ClosesByUser(), user => Assert.Equal(4, user.ClosingCount));
        }

        Assert.InRange(crowd.ClosingCount, 48, 56);
    }

    // The queue was built before this tunnel was opened.
    [Fact]
    public void User_WithATunnelThatIsNewer_IsClosedWholeToo()
    {
        using var crowd = new Crowd(users: 1, tunnelsEach: 1);
        var run = crowd.Closer.Prepare(crowd.Plan(rate: 100));
        run.Step();
        using var late = crowd.Open("user-0");

        crowd.Step(run);

        Assert.Equal(1012, late.SentCloseCode);
    }

    [Fact]
    public void Tunnel_ThatIsNotDueAnyMore_IsLeft_ThoughItIsInTheQueue()
    {
        using var crowd = new Crowd(users: 10, tunnelsEach: 1);
        var isDue = true;
        var run = crowd.Closer.Prepare(crowd.Plan(rate: 1_000) with { IsDue = _ => isDue });
        run.Step();
        isDue = false;

        crowd.Step(run, steps: 3);

        Assert.Equal(0, crowd.ClosingCount);
        Assert.Equal(ClosingPhase.Done, run.Step());
    }

    [Fact]
    public void Tunnel_OpenedLater_IsFoundWithinASecond()
    {
        using var crowd = new Crowd(users: 100, tunnelsEach: 1);
        var run = crowd.Closer.Prepare(crowd.Plan(rate: 20));
        run.Step();
        using var late = crowd.Open("late");
        Assert.Equal(100, run.Waiting);

        crowd.Step(run, steps: 20);

        Assert.Equal(101 - crowd.ClosingCount, run.Waiting + (late.SentCloseCode is null ? 0 : -1));
    }

    // However many tunnels are due at once, a step is limited; the next step continues where this one ended.
    [Fact]
    public void Step_ClosesAThousandAtMost()
    {
        using var crowd = new Crowd(users: 1_500, tunnelsEach: 1);
        var run = crowd.Closer.Prepare(crowd.Plan(rate: 1, over: TimeSpan.Zero));
        run.Step();
        Assert.Equal(1_000, crowd.ClosingCount);

        crowd.Step(run);
        Assert.Equal(1_500, crowd.ClosingCount);
    }

    [Fact]
    public void Idleness_IsNotSavedUp()
    {
        using var crowd = new Crowd(users: 0, tunnelsEach: 0);
        var run = crowd.Closer.Prepare(crowd.Plan(rate: 100));
        Assert.Equal(ClosingPhase.Done, run.Step());
        var late = Enumerable.Range(0, 50).Select(i => crowd.Open($"late-{i}")).ToList();
        crowd.Time.Advance(TimeSpan.FromMinutes(1));

        run.Step();

        Assert.Equal(5, late.Count(tunnel => tunnel.SentCloseCode is not null));
        late.ForEach(tunnel => tunnel.Dispose());
    }

    [Fact]
    public void Share_IsThisBalancersPartOfTheRate()
    {
        using var crowd = new Crowd(users: 100, tunnelsEach: 1);
        var run = crowd.Closer.Prepare(crowd.Plan(rate: 100) with { Share = () => 0.25 });
        run.Step();

        crowd.Step(run, steps: 20);

        Assert.InRange(crowd.ClosingCount, 24, 25);
    }
}
