using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Commands.Waiting;

/// <summary>Reads an answer once a second until it decides a wait, and shows the progress of each answer.</summary>
/// <param name="operation">The command.</param>
/// <param name="limit">The limit of the wait, which also holds while the balancer does not answer.</param>
/// <param name="read">Reads the next answer.</param>
internal sealed class PolledWait<T>(Operation operation, WaitLimit limit, Func<CancellationToken, Task<T>> read)
{
    /// <summary>The progress that an answer shows; null to show none.</summary>
    public required Func<T, ProgressPoint?> PointOf { get; init; }

    /// <summary>
    /// Decides the wait by an answer; null to continue. With true, the limit has passed, and the answer, which may have
    /// been judged before, must decide.
    /// </summary>
    public required Func<T, bool, WaitVerdict?> Judge { get; init; }

    /// <summary>The sentence of a wait that is interrupted.</summary>
    public required string Interrupted { get; init; }

    /// <summary>Reads the first answer too.</summary>
    /// <inheritdoc cref="RunAsync(T, CancellationToken)"/>
    public Task<(T Last, string? Failure)> RunAsync(CancellationToken cancellation) =>
        RunAsync(() => read(cancellation), cancellation);

    /// <returns>The answer that decided the wait, and why the wait has failed; null if the condition is met.</returns>
    /// <exception cref="CommandFailure">The balancer refused a call, or did not answer for too long.</exception>
    /// <exception cref="WaitEndedException">The wait was interrupted.</exception>
    public Task<(T Last, string? Failure)> RunAsync(T first, CancellationToken cancellation) =>
        RunAsync(() => Task.FromResult(first), cancellation);

    private async Task<(T Last, string? Failure)> RunAsync(Func<Task<T>> readFirst, CancellationToken cancellation)
    {
        try
        {
            var first = await readFirst();
            var view = ProgressView.For(operation.Output, operation.Settings.IsDocument);
            return await view.RunAsync(show => WatchAsync(first, show, cancellation));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw new WaitEndedException(Interrupted);
        }
    }

    private async Task<(T Last, string? Failure)> WatchAsync(
        T first, Action<ProgressPoint> show, CancellationToken cancellation)
    {
        var answers = new PolledAnswers(limit.Time, operation.NoteAwayAsync) { IsOver = () => limit.HasPassed };
        var last = first;
        try
        {
            await foreach (var answer in answers.ContinueAsync(first, read, cancellation))
            {
                last = answer;
                if (PointOf(answer) is { } point)
                {
                    show(point);
                }

                if (Judge(answer, limit.HasPassed) is { } verdict)
                {
                    return (answer, verdict.Failure);
                }
            }
        }
        catch (CommandFailure failure)
            when (failure.ExitCode is ExitCode.Unreachable && limit.HasPassed && Judge(last, true) is { } late)
        {
            // The balancer does not answer: its last answer decides.
            return (last, late.Failure);
        }

        throw new InvalidOperationException("The answers never end.");
    }
}

/// <summary>The decision of a wait.</summary>
/// <param name="Failure">Why the condition cannot be waited for any longer; null if it is met.</param>
internal sealed record WaitVerdict(string? Failure)
{
    public static readonly WaitVerdict Met = new(Failure: null);
}
