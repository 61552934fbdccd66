using System.Diagnostics;

namespace WsBalancer.LoadTest.Tests;

/// <summary>Waits for a fact, not for a time; the deadline only turns a hang into a failure.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public static async Task IsTrueAsync(Func<bool> fact, string what)
    {
        var begun = Stopwatch.GetTimestamp();
        while (!fact())
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < Deadline, $"Waited {Deadline} in vain for: {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, CancellationToken.None);
        }
    }
}
