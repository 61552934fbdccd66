using Microsoft.Extensions.Time.Testing;
using WsBalancer.BackendSample.Hosting;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Hosting;

public sealed class SteadyLoopTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly FakeLog _log = new();
    private readonly CancellationTokenSource _stop = new();
    private Exception? _failure;
    private int _steps;

    public void Dispose() => _stop.Dispose();

    [Fact]
    public async Task AStepThatFails_IsRepeated_AndLoggedOnceEachWay()
    {
        var loop = StartLoop();
        await StepsAsync(2);

        Exception[] failures = [new TimeoutException(), new InvalidOperationException(), new IOException()];
        foreach (var failure in failures)
        {
            _failure = failure;
            await StepsAsync(1);
        }

        Assert.Equal(1, _log.Count("WorkFails"));
        Assert.Equal(0, _log.Count("WorkSucceeds"));
        _failure = null;
        await StepsAsync(2);
        Assert.Equal(1, _log.Count("WorkFails"));
        Assert.Equal(1, _log.Count("WorkSucceeds"));
        _failure = new TimeoutException();
        await StepsAsync(1);
        Assert.Equal(2, _log.Count("WorkFails"));
        await _stop.CancelAsync();
        await loop;
    }

    [Fact]
    public async Task ALoopThatIsStoppedBeforeItsFirstStep_Ends()
    {
        await _stop.CancelAsync();

        await StartLoop();

        Assert.Equal(0, _steps);
    }

    private Task StartLoop() => RepeatedWork.RunAsync(
        "working",
        () =>
        {
            _steps++;
            return _failure is null ? Task.CompletedTask : Task.FromException(_failure);
        },
        Interval,
        _time,
        _log,
        _stop.Token);

    // Waits for one step more: a step and its log line are certainly complete when the next step begins.
    private async Task StepsAsync(int count)
    {
        for (var expected = _steps + count + 1; _steps < expected;)
        {
            _time.Advance(Interval);
            await Task.Yield();
        }
    }
}
