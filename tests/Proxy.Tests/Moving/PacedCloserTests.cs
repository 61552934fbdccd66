using WsBalancer.Proxy.Moving;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Moving;

public sealed class PacedCloserTests
{
    private static readonly Farewell Farewell = new(TunnelEnd.Drain, 1012, "moving");

    private int _steps;

    [Fact]
    public async Task Rate_IsKept_AndItStopsWhenNobodyIsLeft()
    {
        using var crowd = new Crowd(users: 100, tunnelsEach: 1);
        var run = RunAsync(crowd, rate: 100);
        for (var i = 1; i <= 20; i++)
        {
            await crowd.StepAsync(() => Volatile.Read(ref _steps));
            await Deadline.Until("its tunnels", () => crowd.Told == i * 5);
        }

        await crowd.StepAsync(() => Volatile.Read(ref _steps));
        await run;
        Assert.All(crowd.Tunnels, tunnel => Assert.Equal(1012, tunnel.ToldCode));
        Assert.Equal(TunnelEnd.Drain, crowd.Tunnels[0].Tunnel.Finish(TunnelEnd.Error));
    }

    [Fact]
    public async Task Users_AreClosedWhole()
    {
        using var crowd = new Crowd(users: 20, tunnelsEach: 4);
        var run = RunAsync(crowd, rate: 100);
        for (var i = 0; i < 4; i++)
        {
            await crowd.StepAsync(() => Volatile.Read(ref _steps));
            await Deadline.Until("some tunnels", () => crowd.Told > i * 5);
            Assert.All(crowd.ToldByUser(), user => Assert.Equal(4, user.Told));
        }

        await crowd.FinishAsync(run, () => Volatile.Read(ref _steps));
    }

    [Fact]
    public async Task Order_IsTheSameForTheSameUsers_AndNotThatOfTheirComing()
    {
        var first = await FirstToldAsync();

        Assert.Equal(first, await FirstToldAsync());
        var users = Enumerable.Range(0, 100).Select(i => $"user-{i}").ToArray();
        Assert.NotEqual(users.Take(10).Order(StringComparer.Ordinal), first);
        Assert.NotEqual(users.Order(StringComparer.Ordinal).Take(10), first);
    }

    [Fact]
    public async Task NobodyThere_IsDoneAtOnce()
    {
        using var crowd = new Crowd(users: 0, tunnelsEach: 0);

        await RunAsync(crowd, rate: 1);

        Assert.Equal(1, _steps);
    }

    [Fact]
    public async Task Cancellation_LeavesTheRest()
    {
        using var crowd = new Crowd(users: 100, tunnelsEach: 1);
        using var stop = new CancellationTokenSource();
        var run = RunAsync(crowd, rate: 100, stop.Token);
        await crowd.StepAsync(() => Volatile.Read(ref _steps));
        await Deadline.Until("five", () => crowd.Told == 5);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Equal(5, crowd.Told);
    }

    private async Task<IEnumerable<string>> FirstToldAsync()
    {
        using var crowd = new Crowd(users: 100, tunnelsEach: 1);
        using var stop = new CancellationTokenSource();
        _steps = 0;
        var run = RunAsync(crowd, rate: 200, stop.Token);
        await crowd.StepAsync(() => Volatile.Read(ref _steps));
        await Deadline.Until("ten", () => crowd.Told == 10);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        return [.. crowd.ToldByUser().Select(user => user.User).Order(StringComparer.Ordinal)];
    }

    private Task RunAsync(Crowd crowd, double rate, CancellationToken? stop = null) =>
        new PacedCloser(crowd.Time).RunAsync(
            () =>
            {
                Interlocked.Increment(ref _steps);
                return crowd.Registry.All;
            },
            Farewell,
            new Pace(rate, TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(5)),
            stop ?? TestContext.Current.CancellationToken);
}
