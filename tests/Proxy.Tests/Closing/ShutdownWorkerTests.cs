using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using WsBalancer.Proxy.Closing;
using WsBalancer.Proxy.Health;

namespace WsBalancer.Proxy.Tests.Closing;

public sealed class ShutdownWorkerTests : IDisposable
{
    private readonly Crowd _crowd = new(users: 100, tunnelsEach: 1);
    private readonly Readiness _readiness = new();
    private readonly FakeLogger<ShutdownWorker> _logger = new();
    private readonly DateTimeOffset _begun;

    public ShutdownWorkerTests() => _begun = _crowd.Time.GetUtcNow();

    [Fact]
    public async Task Stop_IsNotReadyAtOnce_ServesForTheDelay_ThenRefusesAndCloses()
    {
        using var worker = Create(delay: TimeSpan.FromSeconds(5), timeout: TimeSpan.FromSeconds(8));
        await worker.StartedAsync(Cancellation);
        Assert.True(_readiness.IsReady);

        var stopping = worker.StoppingAsync(Cancellation);
        Assert.False(_readiness.IsReady);
        Assert.False(_readiness.IsRefusing);
        _crowd.Time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(stopping.IsCompleted);
        Assert.Equal(0, _crowd.ClosingCount);

        _crowd.Time.Advance(TimeSpan.FromSeconds(0.1));
        await stopping;
        Assert.True(_readiness.IsRefusing);

        await AdvanceUntil("all are requested to close, and do", () =>
        {
            _crowd.EndClosing();
            return _crowd.ClosingCount == 100;
        });
        Assert.All(_crowd.Tunnels, tunnel => Assert.Equal(1001, tunnel.SentCloseCode));
        var stopped = worker.StopAsync(Cancellation);
        await AdvanceUntil("stopped", () => stopped.IsCompleted);
        Assert.DoesNotContain(_crowd.Tunnels, tunnel => tunnel.IsCut);
        var lines = _logger.Collector.GetSnapshot();
        Assert.Equal(
            "Stopping: not ready any more. After 5s new tunnels are refused, and 100 open ones are closed, spread over "
            + "8s.",
            lines[0].Message);
        Assert.Matches("^Stopping: [0-9]+ of 100 tunnels are still open[.]$", lines[1].Message);
        Assert.Equal("All 100 tunnels are closed; 0 of them were aborted.", lines[^1].Message);
        Assert.All(lines, line => Assert.Equal(LogLevel.Information, line.Level));
    }

    // 8 s, of which a quarter is for the clients' answers.
    [Fact]
    public async Task Stop_SpreadsTheClosesEvenlyOverItsTime_TheFirstAtOnce()
    {
        using var worker = Create(delay: TimeSpan.Zero, timeout: TimeSpan.FromSeconds(8));
        await worker.StoppingAsync(Cancellation);
        await AdvanceUntil("the first", () => _crowd.ClosingCount > 0);
        Assert.InRange(Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(0.5));

        await AdvanceUntil("half of them", () => _crowd.ClosingCount >= 50);
        Assert.InRange(Elapsed, TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(3.6));

        await AdvanceUntil("all of them", () => _crowd.ClosingCount == 100);
        Assert.InRange(Elapsed, TimeSpan.FromSeconds(5.5), TimeSpan.FromSeconds(6.5));
    }

    [Fact]
    public async Task EndNow_EndsTheDelay_AndCutsWhatIsOpen()
    {
        using var worker = Create(delay: TimeSpan.FromSeconds(60), timeout: TimeSpan.FromSeconds(60));
        var stopping = worker.StoppingAsync(Cancellation);

        worker.EndNow();
        await stopping;

        Assert.All(_crowd.Tunnels, tunnel => Assert.True(tunnel.IsCut));
        foreach (var tunnel in _crowd.Tunnels)
        {
            tunnel.End();
        }

        await worker.StopAsync(Cancellation);
        var last = _logger.LatestRecord;
        Assert.Equal("All 100 tunnels are closed; 100 of them were aborted.", last.Message);
        Assert.Equal(LogLevel.Warning, last.Level);
    }

    [Fact]
    public async Task EndNow_BeforeTheDelay_RefusesNewTunnelsBeforeItCuts()
    {
        using var worker = Create(delay: TimeSpan.FromSeconds(60), timeout: TimeSpan.FromSeconds(60));
        await worker.StartedAsync(Cancellation);
        var wasRefusing = new List<bool>();
        foreach (var tunnel in _crowd.Tunnels)
        {
            tunnel.Aborted.Register(() => wasRefusing.Add(_readiness.IsRefusing));
        }

        worker.EndNow();

        Assert.Equal(Enumerable.Repeat(true, 100), wasRefusing);
        await worker.StoppingAsync(Cancellation);
    }

    [Fact]
    public async Task EndNow_WhoseAbortFails_DoesNotBlockTheStop()
    {
        using var worker = Create(delay: TimeSpan.Zero, timeout: TimeSpan.FromSeconds(60));
        await worker.StoppingAsync(Cancellation);
        foreach (var tunnel in _crowd.Tunnels)
        {
            tunnel.Aborted.Register(() => throw new NotSupportedException());
        }

        Assert.Throws<AggregateException>(worker.EndNow);

        var stopped = worker.StopAsync(Cancellation);
        await AdvanceUntil("stopped", () => stopped.IsCompleted);
        await stopped;
    }

    [Fact]
    public async Task EndNow_DuringAStepOfTheRun_CountsEveryTunnelItCuts()
    {
        using var worker = Create(delay: TimeSpan.Zero, timeout: TimeSpan.FromSeconds(60));

        // Without the context of the test, so that the step runs within the advance of the clock.
        await Task.Run(() => worker.StoppingAsync(Cancellation), Cancellation);
        await using var step = _crowd.Tunnels[50].Aborted.Register(() => _crowd.Time.Advance(PacedCloser.Step));

        worker.EndNow();

        await worker.StopAsync(Cancellation);
        Assert.Equal(
            "All 100 tunnels are closed; 100 of them were aborted.", _logger.LatestRecord.Message);
    }

    [Fact]
    public async Task Stop_WhoseTimeIsUp_CutsWhatIsLeft()
    {
        using var worker = Create(delay: TimeSpan.Zero, timeout: TimeSpan.FromSeconds(2));
        await worker.StoppingAsync(Cancellation);
        await AdvanceUntil("everybody told", () => _crowd.ClosingCount == 100);
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

    private TimeSpan Elapsed => _crowd.Time.GetUtcNow() - _begun;

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
