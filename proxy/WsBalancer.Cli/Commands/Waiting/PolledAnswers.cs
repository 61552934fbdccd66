using System.Runtime.CompilerServices;

namespace WsBalancer.Cli.Commands.Waiting;

/// <summary>Repeats a request, also during restarts of the balancer.</summary>
internal sealed class PolledAnswers(TimeProvider time, AwayNotice notice)
{
    /// <summary>The time between an answer and the next request; by default one second.</summary>
    public TimeSpan Pause { get; init; } = RetryPolicy.Pause;

    /// <summary>Whether no more retries are made, if the balancer does not answer.</summary>
    public Func<bool> IsOver { get; init; } = static () => false;

    /// <summary>The first answer, then an endless sequence of answers.</summary>
    public async IAsyncEnumerable<T> ContinueAsync<T>(
        T first, Func<CancellationToken, Task<T>> call, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var retry = new RetryPolicy(time, notice) { IsOver = IsOver };
        yield return first;
        while (true)
        {
            await Task.Delay(Pause, time, cancellation);
            yield return await retry.CallAsync(call, cancellation);
        }
    }
}
