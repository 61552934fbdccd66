namespace WsBalancer.EndToEnd.Tests.Transparency.Talking;

/// <summary>Completes a wait each time a party of a dialogue receives something.</summary>
internal sealed class Pulse
{
    private TaskCompletionSource _next = New();

    /// <summary>Waits until a condition holds; false if it does not within the time.</summary>
    public async Task<bool> Until(Func<bool> holds, TimeSpan patience)
    {
        using var deadline = Deadline.Start(patience);
        while (true)
        {
            var next = Volatile.Read(ref _next).Task;
            if (holds())
            {
                return true;
            }

            if (deadline.IsCancellationRequested)
            {
                return false;
            }

            await next.WaitAsync(deadline.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Beat() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
