using System.Runtime.CompilerServices;

namespace WsBalancer.Cli.Commands.Waiting;

/// <summary>Repeats a request once a second, also during restarts of the balancer.</summary>
internal sealed class PolledAnswers(TimeProvider time, AwayNotice notice)
{
    private readonly RetryPolicy _retry = new(time, notice);

    /// <summary>The first answer, then an endless sequence of answers.</summary>
    public async IAsyncEnumerable<T> ContinueAsync<T>(
        T first, Func<CancellationToken, Task<T>> call, [EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return first;
        while (true)
        {
            await Task.Delay(RetryPolicy.Pause, time, cancellation);
            yield return await _retry.CallAsync(call, cancellation);
        }
    }
}
