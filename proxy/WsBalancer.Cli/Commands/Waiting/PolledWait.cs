using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Commands.Waiting;

/// <summary>Reads an answer once a second until it decides a wait, and shows the progress of each answer.</summary>
/// <param name="operation">The command.</param>
/// <param name="time">The clock.</param>
/// <param name="read">Reads the next answer.</param>
internal sealed class PolledWait<T>(Operation operation, TimeProvider time, Func<CancellationToken, Task<T>> read)
{
    /// <summary>The progress that an answer shows; null to show none.</summary>
    public required Func<T, ProgressPoint?> PointOf { get; init; }

    /// <summary>Whether an answer meets the condition. Called once for each answer, before <see cref="FailureOf"/>.
    /// </summary>
    public required Func<T, bool> IsMet { get; init; }

    /// <summary>Why the condition cannot be waited for any longer; null to continue.</summary>
    public required Func<T, string?> FailureOf { get; init; }

    /// <summary>The sentence of a wait that is interrupted.</summary>
    public required string Interrupted { get; init; }

    /// <returns>The answer that decided the wait, and why the wait has failed; null if the condition is met.</returns>
    /// <exception cref="CommandFailure">The balancer refused a call, or did not answer for too long.</exception>
    /// <exception cref="WaitEndedException">The wait was interrupted.</exception>
    public async Task<(T Last, string? Failure)> RunAsync(T first, CancellationToken cancellation)
    {
        try
        {
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
        var answers = new PolledAnswers(time, operation.NoteAwayAsync);
        await foreach (var answer in answers.ContinueAsync(first, read, cancellation))
        {
            if (PointOf(answer) is { } point)
            {
                show(point);
            }

            if (IsMet(answer))
            {
                return (answer, null);
            }

            if (FailureOf(answer) is { } failure)
            {
                return (answer, failure);
            }
        }

        throw new InvalidOperationException("The answers never end.");
    }
}
