namespace WsBalancer.EndToEnd.Tests.Transparency.Dialogues;

/// <summary>Completes a wait each time a party of a dialogue receives bytes.</summary>
internal sealed class Pulse
{
    private TaskCompletionSource _next = New();

    /// <summary>Waits until a condition is true; false after the timeout.</summary>
    public async Task<bool> Until(Func<bool> holds, TimeSpan timeout)
    {
        using var deadline = Deadline.Start(timeout);
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
