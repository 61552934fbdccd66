using Microsoft.Extensions.Logging.Testing;
using WsBalancer.Proxy.Health;
using WsBalancer.Proxy.Moving;

namespace WsBalancer.Proxy.Tests.Moving;

public sealed class ShutdownWorkerTests : IDisposable
{
    private readonly Crowd _crowd = new(users: 100, tunnelsEach: 1);
    private readonly Readiness _readiness = new();
    private readonly FakeLogger<ShutdownWorker> _logger = new();

    [Fact]
    public async Task Stop_IsNotReadyAtOnce_ServesForTheDelay_ThenRefusesAndCloses()
    {
        using var worker = Create(delay: TimeSpan.FromSeconds(5), timeout: TimeSpan.FromSeconds(30));
        await worker.StartedAsync(Cancellation);
        Assert.True(_readiness.IsReady);

        var stopping = worker.StoppingAsync(Cancellation);
        Assert.False(_readiness.IsReady);
        Assert.False(_readiness.IsRefusing);
        _crowd.Time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(stopping.IsCompleted);
        Assert.Equal(0, _crowd.Told);

        _crowd.Time.Advance(TimeSpan.FromSeconds(0.1));
        await stopping;
        Assert.True(_readiness.IsRefusing);

        await AdvanceUntil("everybody told", () => _crowd.Told == 100);
        Assert.All(_crowd.Tunnels, tunnel => Assert.Equal(1001, tunnel.ToldCode));
        _crowd.EndTold();
        var stopped = worker.StopAsync(Cancellation);
        await AdvanceUntil("stopped", () => stopped.IsCompleted);
        Assert.DoesNotContain(_crowd.Tunnels, tunnel => tunnel.IsCut);
        var line = Assert.Single(_logger.Collector.GetSnapshot());
        Assert.Contains("100 open ones", line.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_AtAThousandASecond()
    {
        using var worker = Create(delay: TimeSpan.Zero, timeout: TimeSpan.FromSeconds(30));
        await worker.StoppingAsync(Cancellation);

        _crowd.Time.Advance(TimeSpan.FromMilliseconds(50));

        await Deadline.Until("a step", () => _crowd.Told > 0);
        await Deadline.Until("all of it", () => _crowd.Told == 50);
    }

    [Fact]
    public async Task Stop_WhoseTimeIsUp_CutsWhatIsLeft()
    {
        using var worker = Create(delay: TimeSpan.Zero, timeout: TimeSpan.FromSeconds(2));
        await worker.StoppingAsync(Cancellation);
        await AdvanceUntil("everybody told", () => _crowd.Told == 100);
        Assert.DoesNotContain(_crowd.Tunnels, tunnel => tunnel.IsCut);

        _crowd.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.All(_crowd.Tunnels, tunnel => Assert.True(tunnel.IsCut));
        var stopped = worker.StopAsync(Cancellation);
        await AdvanceUntil("stopped", () => stopped.IsCompleted);
    }

    [Fact]
    public async Task Stop_WithoutTunnels_IsDoneAtOnce()
    {
        foreach (var tunnel in _crowd.Tunnels)
        {
            tunnel.End();
        }

        using var worker = Create(delay: TimeSpan.Zero, timeout: TimeSpan.FromSeconds(30));
        await worker.StoppingAsync(Cancellation);

        await worker.StopAsync(Cancellation);
    }

    public void Dispose() => _crowd.Dispose();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Task AdvanceUntil(string fact, Func<bool> holds) => Deadline.Until(fact, () =>
    {
        if (holds())
        {
            return true;
        }

        _crowd.Time.Advance(TimeSpan.FromMilliseconds(10));
        return false;
    });

    private ShutdownWorker Create(TimeSpan delay, TimeSpan timeout) => new(
        new ShutdownOptions { Delay = delay, Timeout = timeout },
        _readiness,
        _crowd.Registry,
        _crowd.Closer,
        _crowd.Time,
        _logger);
}
