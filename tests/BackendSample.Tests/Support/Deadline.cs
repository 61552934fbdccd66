namespace WsBalancer.BackendSample.Tests.Support;

/// <summary>The maximum wait of a test for a condition: long enough for a busy machine.</summary>
internal static class Deadline
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(10);

    /// <summary>A token that is cancelled after the maximum wait, or with the test.</summary>
    public static CancellationToken Token
    {
        get
        {
            var source = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            source.CancelAfter(Patience);
            return source.Token;
        }
    }

    /// <summary>Checks the condition repeatedly until it is true.</summary>
    public static Task UntilAsync(Func<bool> fact, string description) =>
        UntilAsync(() => Task.FromResult(fact()), description);

    public static async Task UntilAsync(Func<Task<bool>> fact, string description)
    {
        var deadline = Token;
        while (!await fact())
        {
            Assert.False(deadline.IsCancellationRequested, $"Waited {Patience} in vain until {description}.");
            await Task.Delay(BetweenLooks, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
