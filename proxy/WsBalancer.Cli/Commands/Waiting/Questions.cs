using System.Runtime.CompilerServices;

namespace WsBalancer.Cli.Commands.Waiting;

/// <summary>The same question again and again, once a second, through restarts of the balancer.</summary>
internal sealed class Questions(TimeProvider time, TextWriter error)
{
    private readonly Patience _patience = new(time, error);

    /// <summary>Answers without end, the first at once; whoever has heard enough stops asking.</summary>
    public async IAsyncEnumerable<T> AskAsync<T>(
        Func<CancellationToken, Task<T>> ask, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            yield return await _patience.AskAsync(ask, cancellation);
            await Task.Delay(Patience.Pause, time, cancellation);
        }
    }

    /// <summary>What was answered already, and then answers without end.</summary>
    public async IAsyncEnumerable<T> ContinueAsync<T>(
        T first, Func<CancellationToken, Task<T>> ask, [EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return first;
        await Task.Delay(Patience.Pause, time, cancellation);
        await foreach (var answer in AskAsync(ask, cancellation))
        {
            yield return answer;
        }
    }
}
