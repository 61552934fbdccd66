namespace WsBalancer.Cli.Commands.Waiting;

/// <summary>Bears with a balancer that went away: it may be restarting. For a while, then it is a failure.</summary>
internal sealed class Patience(TimeProvider time, TextWriter error)
{
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // A restart takes a few seconds; a machine that is gone does not come back in a minute either.
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private long? _awaySince;

    /// <exception cref="CommandFailure">It refused, or was away for too long.</exception>
    public async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                var answer = await ask(cancellation);
                await AnsweredAsync();
                return answer;
            }
            catch (CommandFailure failure) when (failure.ExitCode is ExitCode.Unreachable && !IsExhausted())
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
            await error.WriteLineAsync(
                $"wsbalancer: The balancer does not answer; asking again for {Limit.TotalSeconds:0} s.");
        }
    }

    private async Task AnsweredAsync()
    {
        if (_awaySince is not null)
        {
            _awaySince = null;
            await error.WriteLineAsync("wsbalancer: The balancer answers again.");
        }
    }
}
