using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using WsBalancer.Proxy.Closing;

namespace WsBalancer.Proxy.Tests.Closing;

public sealed class PacedCloserTests
{
    [Fact]
    public async Task Plan_IsCarriedOutToTheEnd()
    {
        using var crowd = new Crowd(users: 20, tunnelsEach: 1);
        var run = crowd.Closer.RunAsync(crowd.Plan(rate: 100), TestContext.Current.CancellationToken);
        Assert.False(run.IsCompleted);

        await Deadline.Until("the end", () => Advance(crowd, run));

        Assert.Equal(20, crowd.ClosingCount);
    }

    [Fact]
    public void NoTunnels_IsDoneAtOnce()
    {
        using var crowd = new Crowd(users: 0, tunnelsEach: 0);

        Assert.True(crowd.Closer.RunAsync(crowd.Plan(rate: 1), TestContext.Current.CancellationToken).IsCompleted);
    }

    [Fact]
    public async Task Cancellation_LeavesTheRest()
    {
        using var crowd = new Crowd(users: 100, tunnelsEach: 1);
        using var stop = new CancellationTokenSource();
        var run = crowd.Closer.RunAsync(crowd.Plan(rate: 100), stop.Token);
        crowd.Time.Advance(PacedCloser.Step);
        await Deadline.Until("five", () => crowd.ClosingCount == 5);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Equal(5, crowd.ClosingCount);
    }

    [Fact]
    public async Task Step_ThatFails_IsLoggedOnce_AndDoesNotEndTheRun()
    {
        using var crowd = new Crowd(users: 0, tunnelsEach: 0);
        var logger = new FakeLogger<PacedCloser>();
        var closer = new PacedCloser(crowd.Registry, crowd.Time, logger);
        var steps = 0;
        var run = closer.RunAsync(
            "a drain",
            () => ++steps < 4 ? throw new InvalidOperationException("broken") : ClosingPhase.Done,
            TestContext.Current.CancellationToken);

        await Deadline.Until("the end", () => Advance(crowd, run));

        Assert.Equal(4, steps);
        var logged = Assert.Single(logger.Collector.GetSnapshot(), line => line.Level == LogLevel.Error);
        Assert.Equal("A step of 'a drain' failed; the loop continues.", logged.Message);
    }

    private static bool Advance(Crowd crowd, Task run)
    {
        crowd.Time.Advance(PacedCloser.Step);
        return run.IsCompleted;
    }
}
