using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Commands.Waiting;
using WsBalancer.Cli.Output;
using WsBalancer.Proxy.Admin.Moves;

namespace WsBalancer.Cli.Commands.Rebalancing;

/// <summary>Waits until a rebalance has ended, and shows the progress.</summary>
internal sealed class RebalanceWait(Operation operation, ClusterClient cluster, WaitLimit limit)
{
    private readonly SharingWatch _sharing = new(limit.Time);

    /// <returns>The exit code: 0 only if no tunnel is misplaced.</returns>
    public async Task<int> RunAsync(Answer<RebalanceStatusView> begun, CancellationToken cancellation)
    {
        var wait = new PolledWait<Answer<RebalanceStatusView>>(operation, limit, cluster.ReadRebalanceAsync)
        {
            PointOf = answer => new ProgressPoint(Done(answer.Value), RebalanceText.Of(answer.Value)),
            Judge = (answer, isOver) => Judge(answer.Value, isOver),
            Interrupted = "No longer waiting. The rebalance continues; 'wsbalancer rebalance cancel' ends it.",
        };
        var (last, failure) = await wait.RunAsync(begun, cancellation);
        var isHome = failure is null && last.Value.Misplaced is 0;
        var end = $"Everyone is at home: {Amounts.Count(last.Value.Closed, "tunnel")} closed.";
        await operation.WriteAsync(last, isHome ? [end] : []);
        return isHome
            ? ExitCode.Done
            : throw new CommandFailure(ExitCode.Failed, failure ?? RebalanceText.Shortfall(last.Value));
    }

    private WaitVerdict? Judge(RebalanceStatusView rebalance, bool isOver)
    {
        var isOpen = RebalanceText.IsOpen(rebalance);
        if (_sharing.IsWhole(rebalance.Shared) && !isOpen)
        {
            return WaitVerdict.Met;
        }

        var failure = _sharing.IsExhausted
            ? "Redis cannot be used: whether the other balancers have misplaced tunnels is not known."
            : !isOver ? null
            : isOpen ? $"{Amounts.Count(rebalance.Misplaced, "tunnel")} still misplaced after --timeout {limit.Text}."
            : $"Redis cannot be used, so that the other balancers are not known within --timeout {limit.Text}.";
        return failure is null ? null : new WaitVerdict(isOpen ? $"{failure} The rebalance continues." : failure);
    }

    // Tunnels that become misplaced during the rebalance increase the total: the progress may decrease.
    private static double Done(RebalanceStatusView rebalance) => rebalance.Misplaced is 0
        ? 1
        : (double)rebalance.Closed / (rebalance.Closed + rebalance.Misplaced);
}
