namespace WsBalancer.EndToEnd.Tests;

/// <summary>How long a test waits for a fact before it fails. No test waits for time to pass.</summary>
internal static class Deadline
{
    // Far longer than any step takes on an idle machine: a long deadline that is met costs nothing.
    public static readonly TimeSpan Default = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Cancels after the deadline, or when the test itself is cancelled.</summary>
    public static CancellationTokenSource Start(TimeSpan? after = null)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        source.CancelAfter(after ?? Default);
        return source;
    }

    /// <summary>Waits until a fact holds; fails with its name and <paramref name="evidence"/> if it does not.</summary>
    public static Task Until(string fact, Func<bool> holds, Func<string>? evidence = null) =>
        Until(fact, () => Task.FromResult(holds()), evidence);

    /// <inheritdoc cref="Until(string, Func{bool}, Func{string}?)"/>
    public static async Task Until(string fact, Func<Task<bool>> holds, Func<string>? evidence = null)
    {
        using var deadline = Start();
        while (!await holds())
        {
            if (deadline.IsCancellationRequested)
            {
                Assert.Fail($"Not within {Default.TotalSeconds} s: {fact}.\n{evidence?.Invoke()}");
            }

            await Task.Delay(Pause, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
