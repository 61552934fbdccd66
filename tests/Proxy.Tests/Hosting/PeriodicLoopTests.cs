using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using WsBalancer.Proxy.Hosting;

namespace WsBalancer.Proxy.Tests.Hosting;

public sealed class PeriodicLoopTests
{
    [Fact]
    public async Task Step_ThatFails_IsLoggedOnce_AndDoesNotEndTheLoop()
    {
        var time = new TimerLog();
        var logger = new FakeLogger();
        using var stop = new CancellationTokenSource();
        var times = 0;
        var loop = PeriodicLoop.RunAsync(
            "looking",
            () =>
            {
                if (Interlocked.Increment(ref times) is 1 or 2 or 4)
                {
                    throw new InvalidOperationException("broken");
                }
            },
            time,
            logger,
            stop.Token);

        for (var i = 1; i <= 5; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Deadline.Until("a step", () => Volatile.Read(ref times) == i);
        }

        await stop.CancelAsync();
        await loop;
        Assert.Equal(2, logger.Collector.GetSnapshot().Count(line => line.Level == LogLevel.Error));
    }
}
