using System.Diagnostics;

namespace WsBalancer.LoadTest.Tests;

/// <summary>Waits for a condition, not for a duration; the deadline only turns a hang into a failure.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(2);

    public static async Task IsTrueAsync(Func<bool> fact, string what)
    {
        var begun = Stopwatch.GetTimestamp();
        while (!fact())
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < Deadline, $"Waited {Deadline} in vain for: {what}.");
            await Task.Delay(BetweenLooks, TimeProvider.System, CancellationToken.None);
        }
    }
}
