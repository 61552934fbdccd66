using System.Runtime.CompilerServices;

namespace WsBalancer.Cli.Commands.Waiting;

/// <summary>The same question again and again, once a second, through restarts of the balancer.</summary>
internal sealed class Questions(TimeProvider time, AwayNotice notice)
{
    private readonly Patience _patience = new(time, notice);

    /// <summary>The first answer, and then answers without end, until the caller stops.</summary>
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
