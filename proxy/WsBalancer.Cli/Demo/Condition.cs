namespace WsBalancer.Cli.Demo;

/// <summary>Waits until a condition is true, by polling, up to a deadline.</summary>
internal sealed class Condition(TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <exception cref="DemoFailure">The condition was not true in time.</exception>
    public async Task AwaitAsync(
        string description,
        TimeSpan deadline,
        Func<CancellationToken, Task<bool>> holds,
        CancellationToken cancellation)
    {
        if (!await BecomesTrueAsync(deadline, holds, cancellation))
        {
            throw new DemoFailure($"Not within {deadline.TotalSeconds:0} s: {description}.");
        }
    }

    /// <returns>Whether the condition was true in time.</returns>
    public async Task<bool> BecomesTrueAsync(
        TimeSpan deadline, Func<CancellationToken, Task<bool>> holds, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        while (!await holds(cancellation))
        {
            if (time.GetElapsedTime(start) > deadline)
            {
                return false;
            }

            await Task.Delay(Pause, time, cancellation);
        }

        return true;
    }
}
