using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Commands.Waiting;
using WsBalancer.Cli.Output;
using WsBalancer.Proxy.Admin.Moves;

namespace WsBalancer.Cli.Commands.Draining;

/// <summary>
/// Waits until no balancer has a tunnel to a node that takes no new ones, whether an operator or the node began the
/// drain.
/// </summary>
internal sealed class TunnelsWait(Operation operation, ClusterClient cluster, string node, WaitLimit limit)
{
    private const string Active = "active";
    private const string Leaving = "leaving";

    private readonly SharingWatch _sharing = new(limit.Time);
    private long _most = 1;
    private bool _wasLeaving;

    /// <summary>Whether the node must be removed from the fleet, too; otherwise a drain is sufficient.</summary>
    public bool UntilRemoved { get; init; }

    /// <exception cref="CommandFailure">
    /// The node is not empty in time or was added again, or the tunnels of other balancers are not known.
    /// </exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var wait = new PolledWait<DrainStatusView?>(operation, limit.Time, ReadAsync)
        {
            PointOf = PointOf,
            IsMet = drain => drain is null || (_sharing.IsWhole(drain.Shared) && IsEmpty(drain)),
            FailureOf = drain => drain is null ? null : FailureOf(drain),
            Interrupted = UntilRemoved
                ? $"No longer waiting. {node} leaves with its last tunnel once it is removed."
                : $"No longer waiting for {node} to be drained.",
        };
        var (_, failure) = await wait.RunAsync(await ReadAsync(cancellation), cancellation);
        if (failure is not null)
        {
            throw new CommandFailure(ExitCode.Failed, failure);
        }
    }

    private ProgressPoint? PointOf(DrainStatusView? drain)
    {
        _most = Math.Max(_most, drain?.Remaining ?? 0);
        return drain is null ? null : new ProgressPoint(1 - ((double)drain.Remaining / _most), TextOf(drain));
    }

    private string? FailureOf(DrainStatusView drain)
    {
        if (IsEmpty(drain))
        {
            return _sharing.FailureOf(node, limit);
        }

        if (limit.HasPassed)
        {
            return $"{node} {(UntilRemoved ? "has not left" : "is not drained")} within --timeout {limit.Text}: "
                + (drain.State is Active ? "it is active." : $"{Amounts.Count(drain.Remaining, "tunnel")} remain.");
        }

        var isAddedAgain = _wasLeaving && drain.State is not Leaving;
        _wasLeaving = drain.State is Leaving;
        return isAddedAgain ? $"{node} has been added again." : null;
    }

    private bool IsEmpty(DrainStatusView drain) =>
        DrainText.IsEmpty(drain) && (drain.State is Leaving || !UntilRemoved);

    // The answer has the counts of a drain, which an active node does not have.
    private static string TextOf(DrainStatusView drain) =>
        drain.State is Active ? $"{drain.Node} is active" : DrainText.Progress(drain);

    private async Task<DrainStatusView?> ReadAsync(CancellationToken cancellation) => UntilRemoved
        ? await cluster.FindDrainAsync(node, cancellation)
        : (await cluster.ReadDrainAsync(node, cancellation)).Value;
}
