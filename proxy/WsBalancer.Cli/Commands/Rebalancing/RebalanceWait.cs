using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Commands.Waiting;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Commands.Rebalancing;

/// <summary>Waits until a rebalance has ended, and shows how far it is.</summary>
internal sealed class RebalanceWait(Operation operation, ClusterClient cluster, TimeProvider time)
{
    private readonly Questions _questions = new(time, operation.Error);

    /// <returns>The exit code: 0 only if nobody is misplaced.</returns>
    public async Task<int> RunAsync(Answer<RebalanceAnswer> begun, CancellationToken cancellation)
    {
        try
        {
            var view = ProgressView.For(operation.Output, operation.Settings.Json);
            var last = await view.RunAsync(show => WatchAsync(begun, show, cancellation));
            var isHome = last.Value.Misplaced is 0;
            var end = $"Everyone is at home: {Amounts.Count(last.Value.Closed, "tunnel")} closed.";
            await operation.WriteAsync(last, isHome ? [end] : []);
            return isHome
                ? ExitCode.Done
                : throw new CommandFailure(ExitCode.Failed, RebalanceText.Shortfall(last.Value));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw new CommandFailure(
                ExitCode.Failed, "No longer waiting. The rebalance goes on; 'wsbalancer rebalance cancel' ends it.");
        }
    }

    private async Task<Answer<RebalanceAnswer>> WatchAsync(
        Answer<RebalanceAnswer> begun, Action<ProgressPoint> show, CancellationToken cancellation)
    {
        await foreach (var answer in _questions.ContinueAsync(begun, cluster.ReadRebalanceAsync, cancellation))
        {
            show(new ProgressPoint(Done(answer.Value), RebalanceText.Of(answer.Value)));
            if (!RebalanceText.IsOpen(answer.Value))
            {
                return answer;
            }
        }

        throw new InvalidOperationException("The questions never end by themselves.");
    }

    // Tunnels that become misplaced on the way move the end; the bar then goes back, which is the truth.
    private static double Done(RebalanceAnswer rebalance) => rebalance.Misplaced is 0
        ? 1
        : (double)rebalance.Closed / (rebalance.Closed + rebalance.Misplaced);
}
