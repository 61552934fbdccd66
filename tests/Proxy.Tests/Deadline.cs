namespace WsBalancer.Proxy.Tests;

/// <summary>How long a test waits for a fact before it fails. No test waits for time to pass.</summary>
internal static class Deadline
{
    // Far longer than any step takes on an idle machine: a long deadline that is met costs nothing.
    public static readonly TimeSpan Default = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Waits until a fact holds; fails with its name if it does not.</summary>
    public static Task Until(string fact, Func<bool> holds) => Until(fact, () => Task.FromResult(holds()));

    /// <inheritdoc cref="Until(string, Func{bool})"/>
    public static async Task Until(string fact, Func<Task<bool>> holds)
    {
        using var deadline = new CancellationTokenSource(Default);
        while (!await holds())
        {
            Assert.False(deadline.IsCancellationRequested, $"Not within {Default.TotalSeconds} s: {fact}.");
            await Task.Delay(Pause, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
