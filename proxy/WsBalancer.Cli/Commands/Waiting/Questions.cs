using System.Runtime.CompilerServices;

namespace WsBalancer.Cli.Commands.Waiting;

/// <summary>Repeats a request once a second, also during restarts of the balancer.</summary>
internal sealed class Questions(TimeProvider time, AwayNotice notice)
{
    private readonly Patience _patience = new(time, notice);

    /// <summary>The first answer, then an endless sequence of answers.</summary>
    public async IAsyncEnumerable<T> ContinueAsync<T>(
        T first, Func<CancellationToken, Task<T>> ask, [EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return first;
        while (true)
        {
            await Task.Delay(Patience.Pause, time, cancellation);
            yield return await _patience.AskAsync(ask, cancellation);
        }
    }
}
