using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Commands.Waiting;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Commands.Draining;

/// <summary>Waits until a node is drained, and shows how far it is.</summary>
internal sealed class DrainWait(Operation operation, ClusterClient cluster, string node, TimeProvider time)
{
    private readonly Questions _questions = new(time, operation.Error);
    private readonly DeadlineWatch _deadline = new(time);

    /// <returns>The exit code: 0 only if nothing is left on the node.</returns>
    public async Task<int> RunAsync(Answer<DrainAnswer> begun, CancellationToken cancellation)
    {
        try
        {
            var view = ProgressView.For(operation.Output, operation.Settings.Json);
            var (last, failure) = await view.RunAsync(show => WatchAsync(begun, show, cancellation));
            await operation.WriteAsync(last, failure is null ? [DrainText.Drained(node, last.Value)] : []);
            return failure is null ? ExitCode.Done : throw new CommandFailure(ExitCode.Failed, failure);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw new CommandFailure(
                ExitCode.Failed,
                $"No longer waiting. The drain of {node} goes on; 'wsbalancer resume {node}' ends it.");
        }
    }

    private async Task<(Answer<DrainAnswer> Last, string? Failure)> WatchAsync(
        Answer<DrainAnswer> begun, Action<ProgressPoint> show, CancellationToken cancellation)
    {
        Task<Answer<DrainAnswer>> AskAsync(CancellationToken token) => cluster.ReadDrainAsync(node, token);

        await foreach (var answer in _questions.ContinueAsync(begun, AskAsync, cancellation))
        {
            var drain = answer.Value;
            var isDone = drain.State is "drained" || (drain.Remaining is 0 && drain.State is "draining" or "leaving");
            show(new ProgressPoint(Done(drain), DrainText.Progress(drain)));
            if (isDone)
            {
                return (answer, null);
            }

            if (FailureOf(drain) is { } failure)
            {
                return (answer, failure);
            }
        }

        throw new InvalidOperationException("The questions never end by themselves.");
    }

    private string? FailureOf(DrainAnswer drain)
    {
        var left = $"{Amounts.Count(drain.Remaining, "tunnel")} {(drain.Remaining is 1 ? "is" : "are")} still open";
        return drain.State switch
        {
            "active" => $"The drain of {node} has been ended meanwhile (resume); {left}.",
            "leaving" => $"{node} has been removed meanwhile, which ended its drain; {left}.",
            _ when !drain.Sources.Contains("operator") =>
                $"The drain of {node} has been ended meanwhile (resume), though the node drains by itself; {left}.",
            _ when _deadline.HasPassed(drain.DeadlineSeconds) => $"{node} is not drained by the deadline: {left}.",
            _ => null,
        };
    }

    private static double Done(DrainAnswer drain) =>
        drain.Total is 0 ? 1 : Math.Clamp(1 - ((double)drain.Remaining / drain.Total), 0, 1);
}
