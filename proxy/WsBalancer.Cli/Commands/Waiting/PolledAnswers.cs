using System.Runtime.CompilerServices;

namespace WsBalancer.Cli.Commands.Waiting;

/// <summary>Repeats a request, also during restarts of the balancer.</summary>
internal sealed class PolledAnswers(TimeProvider time, AwayNotice notice)
{
    /// <summary>The time between an answer and the next request; by default one second.</summary>
    public TimeSpan Pause { get; init; } = RetryPolicy.Pause;

    private readonly RetryPolicy _retry = new(time, notice);

    /// <summary>The first answer, then an endless sequence of answers.</summary>
    public async IAsyncEnumerable<T> ContinueAsync<T>(
        T first, Func<CancellationToken, Task<T>> call, [EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return first;
        while (true)
        {
            await Task.Delay(Pause, time, cancellation);
            yield return await _retry.CallAsync(call, cancellation);
        }
    }
}
