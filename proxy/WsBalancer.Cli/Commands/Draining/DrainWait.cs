using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Commands.Waiting;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Commands.Draining;

/// <summary>Waits until a node is drained, and shows the progress.</summary>
internal sealed class DrainWait(Operation operation, ClusterClient cluster, string node, WaitLimit limit)
{
    private readonly PolledAnswers _questions = new(limit.Time, operation.NoteAwayAsync);
    private readonly DeadlineWatch _deadline = new(limit.Time);
    private readonly SharingWatch _sharing = new(limit.Time);

    /// <returns>The exit code: 0 only if no balancer has a tunnel to the node.</returns>
    public async Task<int> RunAsync(Answer<DrainAnswer> begun, CancellationToken cancellation)
    {
        try
        {
            var view = ProgressView.For(operation.Output, operation.Settings.IsDocument);
            var (last, failure) = await view.RunAsync(show => WatchAsync(begun, show, cancellation));
            await operation.WriteAsync(last, failure is null ? [DrainText.Drained(node, last.Value)] : []);
            return failure is null
                ? ExitCode.Done
                : throw new CommandFailure(ExitCode.Failed, failure);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw new WaitEndedException(
                $"No longer waiting. The drain of {node} goes on; 'wsbalancer resume {node}' ends it.");
        }
    }

    private async Task<(Answer<DrainAnswer> Last, string? Failure)> WatchAsync(
        Answer<DrainAnswer> begun, Action<ProgressPoint> show, CancellationToken cancellation)
    {
        Task<Answer<DrainAnswer>> ReadAsync(CancellationToken token) => cluster.ReadDrainAsync(node, token);

        await foreach (var answer in _questions.ContinueAsync(begun, ReadAsync, cancellation))
        {
            var drain = answer.Value;
            var isEmpty = drain.Remaining is 0 && drain.State is "drained" or "draining" or "leaving";
            var isWhole = _sharing.IsWhole(drain.Shared);
            show(new ProgressPoint(Done(drain), DrainText.Progress(drain)));
            if (isEmpty && isWhole)
            {
                return (answer, null);
            }

            if (FailureOf(drain, isEmpty) is { } failure)
            {
                return (answer, failure);
            }
        }

        throw new InvalidOperationException("The answers never end.");
    }

    private string? FailureOf(DrainAnswer drain, bool isEmpty)
    {
        var left = $"{Amounts.Count(drain.Remaining, "tunnel")} {(drain.Remaining is 1 ? "is" : "are")} still open";
        return drain.State switch
        {
            _ when isEmpty && _sharing.IsExhausted =>
                $"{node} has no tunnel at this balancer, but Redis cannot be used: whether the other balancers have "
                + "tunnels there is not known.",
            _ when limit.HasPassed && isEmpty =>
                $"{node} has no tunnel at this balancer, but Redis cannot be used, so that the other balancers are "
                + $"not known within --timeout {limit.Text}.",
            _ when limit.HasPassed =>
                $"{node} is not drained within --timeout {limit.Text}: {left}. The drain goes on.",
            "active" => $"The drain of {node} has been ended meanwhile (resume); {left}.",
            "leaving" => $"{node} has been removed meanwhile, which ended its drain; {left}.",
            _ when !drain.Sources.Contains("operator") =>
                $"The drain of {node} has been ended meanwhile (resume), though the node drains by itself; {left}.",
            _ when !isEmpty && _deadline.HasPassed(drain.DeadlineSeconds) =>
                $"{node} is not drained by the deadline: {left}.",
            _ => null,
        };
    }

    private static double Done(DrainAnswer drain) =>
        drain.Total is 0 ? 1 : Math.Clamp(1 - ((double)drain.Remaining / drain.Total), 0, 1);
}
