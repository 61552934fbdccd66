using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Commands.Waiting;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Commands.Draining;

/// <summary>
/// Waits until no balancer has a tunnel to a node that takes no new ones, whether an operator or the node began the
/// drain.
/// </summary>
internal sealed class TunnelsWait(Operation operation, ClusterClient cluster, string node, WaitLimit limit)
{
    private const string Leaving = "leaving";

    private readonly PolledAnswers _questions = new(limit.Time, operation.NoteAwayAsync);
    private readonly SharingWatch _sharing = new(limit.Time);

    /// <summary>Whether the node must be removed from the fleet, too; otherwise a drain is sufficient.</summary>
    public bool UntilRemoved { get; init; }

    /// <exception cref="CommandFailure">
    /// The node is not empty in time or was added again, or the tunnels of other balancers are not known.
    /// </exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            var first = await ReadAsync(cancellation);
            var view = ProgressView.For(operation.Output, operation.Settings.IsDocument);
            if (await view.RunAsync(show => WatchAsync(first, show, cancellation)) is { } failure)
            {
                throw new CommandFailure(ExitCode.Failed, failure);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw new WaitEndedException(UntilRemoved
                ? $"No longer waiting. {node} leaves with its last tunnel once it is removed."
                : $"No longer waiting for {node} to be drained.");
        }
    }

    /// <returns>Why the wait has failed; null if the node is empty.</returns>
    private async Task<string?> WatchAsync(
        DrainAnswer? first, Action<ProgressPoint> show, CancellationToken cancellation)
    {
        var (most, wasLeaving) = (1L, false);
        await foreach (var drain in _questions.ContinueAsync(first, ReadAsync, cancellation))
        {
            if (drain is null)
            {
                return null;
            }

            var isWhole = _sharing.IsWhole(drain.Shared);
            most = Math.Max(most, drain.Remaining);
            show(new ProgressPoint(1 - ((double)drain.Remaining / most), TextOf(drain)));
            if (IsEmpty(drain) && isWhole)
            {
                return null;
            }

            if (FailureOf(drain, wasLeaving) is { } failure)
            {
                return failure;
            }

            wasLeaving = drain.State is Leaving;
        }

        throw new InvalidOperationException("The answers never end.");
    }

    private string? FailureOf(DrainAnswer drain, bool wasLeaving) => drain switch
    {
        _ when limit.HasPassed =>
            $"{node} {(UntilRemoved ? "has not left" : "is not drained")} within --timeout {limit.Text}: "
            + $"{Amounts.Count(drain.Remaining, "tunnel")} remain"
            + (drain.State is "active" ? ", and it is active." : "."),
        _ when IsEmpty(drain) && _sharing.IsExhausted =>
            $"Redis cannot be used: whether the other balancers have tunnels to {node} is not known.",
        { State: not Leaving } when wasLeaving => $"{node} has been added again.",
        _ => null,
    };

    private bool IsEmpty(DrainAnswer drain) => drain.Remaining is 0
        && (drain.State is Leaving || (!UntilRemoved && drain.State is "drained" or "draining"));

    private static string TextOf(DrainAnswer drain) => drain.State is "active"
        ? $"{drain.Node} is active, with {Amounts.Count(drain.Remaining, "tunnel")}"
        : DrainText.Progress(drain);

    private async Task<DrainAnswer?> ReadAsync(CancellationToken cancellation) => UntilRemoved
        ? await cluster.FindDrainAsync(node, cancellation)
        : (await cluster.ReadDrainAsync(node, cancellation)).Value;
}
