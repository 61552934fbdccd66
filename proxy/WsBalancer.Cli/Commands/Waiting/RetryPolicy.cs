namespace WsBalancer.Cli.Commands.Waiting;

/// <summary>Reports that a balancer does not answer, or that it answers again, in a sentence.</summary>
internal delegate Task AwayNotice(bool isAway, string sentence);

/// <summary>Retries a call while the balancer does not answer, as during a restart, up to a limit.</summary>
internal sealed class RetryPolicy(TimeProvider time, AwayNotice notice)
{
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // A restart takes a few seconds. A machine that is down does not return within a minute either.
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private long? _awaySince;

    /// <summary>Whether no more retries are made, for another reason than <see cref="Limit"/>.</summary>
    public Func<bool> IsOver { get; init; } = static () => false;

    /// <exception cref="CommandFailure">The balancer refused the call, or did not answer for too long.</exception>
    public async Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                var answer = await call(cancellation);
                await AnsweredAsync();
                return answer;
            }
            catch (CommandFailure failure)
                when (failure.ExitCode is ExitCode.Unreachable && !IsExhausted() && !IsOver())
            {
                await AwayAsync();
                await Task.Delay(Pause, time, cancellation);
            }
        }
    }

    private bool IsExhausted() => _awaySince is { } since && time.GetElapsedTime(since) >= Limit;

    private async Task AwayAsync()
    {
        if (_awaySince is null)
        {
            _awaySince = time.GetTimestamp();
            await notice(true, $"The balancer does not answer; retrying for {Limit.TotalSeconds:0} s.");
        }
    }

    private async Task AnsweredAsync()
    {
        if (_awaySince is not null)
        {
            _awaySince = null;
            await notice(false, "The balancer answers again.");
        }
    }
}
