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
    private bool _wasFound;
    private bool _wasLeaving;

    /// <summary>Whether the node must be removed from the fleet, too; otherwise a drain is sufficient.</summary>
    public bool UntilRemoved { get; init; }

    /// <returns>Whether any balancer had the node when the wait began, or later.</returns>
    /// <exception cref="CommandFailure">
    /// The node is not empty in time or was added again, or the tunnels of other balancers are not known.
    /// </exception>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        var wait = new PolledWait<DrainStatusView?>(operation, limit, ReadAsync)
        {
            PointOf = PointOf,
            Judge = Judge,
            Interrupted = UntilRemoved
                ? $"No longer waiting. {node} leaves with its last tunnel once it is removed."
                : $"No longer waiting for {node} to be drained.",
        };
        var (_, failure) = await wait.RunAsync(cancellation);
        return failure is null ? _wasFound : throw new CommandFailure(ExitCode.Failed, failure);
    }

    private ProgressPoint? PointOf(DrainStatusView? drain)
    {
        _most = Math.Max(_most, drain?.Remaining ?? 0);
        return drain is null ? null : new ProgressPoint(1 - ((double)drain.Remaining / _most), TextOf(drain));
    }

    // A node that is no longer in the fleet has no tunnel.
    private WaitVerdict? Judge(DrainStatusView? drain, bool isOver)
    {
        if (drain is null)
        {
            return WaitVerdict.Met;
        }

        var isAddedAgain = _wasLeaving && drain.State is not Leaving;
        _wasLeaving = drain.State is Leaving;
        if (isAddedAgain)
        {
            return new WaitVerdict($"{node} has been added again.");
        }

        var isWhole = _sharing.IsWhole(drain.Shared);
        if (DrainText.IsEmpty(drain) && (drain.State is Leaving || !UntilRemoved))
        {
            return isWhole ? WaitVerdict.Met : _sharing.VerdictOf(node, limit, isOver);
        }

        return isOver
            ? new WaitVerdict($"{node} {(UntilRemoved ? "has not left" : "is not drained")} within --timeout "
                + $"{limit.Text}: "
                + (drain.State is Active ? "it is active." : $"{Amounts.Count(drain.Remaining, "tunnel")} remain."))
            : null;
    }

    // The progress of a node that takes users is not that of a drain.
    private static string TextOf(DrainStatusView drain) =>
        drain.State is Active ? $"{drain.Node} is active" : DrainText.Progress(drain);

    // A node that was never in the fleet is a mistake of the command, unless its removal is waited for.
    private async Task<DrainStatusView?> ReadAsync(CancellationToken cancellation)
    {
        var answer = UntilRemoved || _wasFound
            ? await cluster.FindDrainAsync(node, cancellation)
            : await cluster.ReadDrainAsync(node, cancellation);
        _wasFound |= answer is not null;
        return answer?.Value;
    }
}
