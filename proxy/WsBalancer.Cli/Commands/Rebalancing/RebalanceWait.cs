using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Commands.Waiting;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Commands.Rebalancing;

/// <summary>Waits until a rebalance has ended, and shows the progress.</summary>
internal sealed class RebalanceWait(Operation operation, ClusterClient cluster, WaitLimit limit)
{
    private readonly PolledAnswers _questions = new(limit.Time, operation.NoteAwayAsync);
    private readonly SharingWatch _sharing = new(limit.Time);

    /// <returns>The exit code: 0 only if no tunnel is misplaced.</returns>
    public async Task<int> RunAsync(Answer<RebalanceAnswer> begun, CancellationToken cancellation)
    {
        try
        {
            var view = ProgressView.For(operation.Output, operation.Settings.IsDocument);
            var (last, failure) = await view.RunAsync(show => WatchAsync(begun, show, cancellation));
            var isHome = failure is null && last.Value.Misplaced is 0;
            var end = $"Everyone is at home: {Amounts.Count(last.Value.Closed, "tunnel")} closed.";
            await operation.WriteAsync(last, isHome ? [end] : []);
            return isHome
                ? ExitCode.Done
                : throw new CommandFailure(ExitCode.Failed, failure ?? RebalanceText.Shortfall(last.Value));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw new WaitEndedException(
                "No longer waiting. The rebalance goes on; 'wsbalancer rebalance cancel' ends it.");
        }
    }

    private async Task<(Answer<RebalanceAnswer> Last, string? Failure)> WatchAsync(
        Answer<RebalanceAnswer> begun, Action<ProgressPoint> show, CancellationToken cancellation)
    {
        await foreach (var answer in _questions.ContinueAsync(begun, cluster.ReadRebalanceAsync, cancellation))
        {
            var isWhole = _sharing.IsWhole(answer.Value.Shared);
            show(new ProgressPoint(Done(answer.Value), RebalanceText.Of(answer.Value)));
            if (!RebalanceText.IsOpen(answer.Value) && isWhole)
            {
                return (answer, null);
            }

            if (FailureOf(answer.Value) is { } failure)
            {
                return (answer, failure);
            }
        }

        throw new InvalidOperationException("The answers never end.");
    }

    private string? FailureOf(RebalanceAnswer rebalance)
    {
        if (_sharing.IsExhausted)
        {
            return "Redis cannot be used: whether the other balancers have misplaced tunnels is not known. The "
                + "rebalance goes on.";
        }

        return limit.HasPassed
            ? $"{Amounts.Count(rebalance.Misplaced, "tunnel")} still misplaced after --timeout {limit.Text}. The "
                + "rebalance goes on."
            : null;
    }

    // Tunnels that become misplaced during the rebalance increase the total: the progress may decrease.
    private static double Done(RebalanceAnswer rebalance) => rebalance.Misplaced is 0
        ? 1
        : (double)rebalance.Closed / (rebalance.Closed + rebalance.Misplaced);
}
