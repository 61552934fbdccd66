using System.Net;
using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Commands.Draining;
using WsBalancer.Cli.Commands.Waiting;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Commands.Changing;

/// <summary>Waits until no balancer has a tunnel to a removed node, after which its process can be stopped.</summary>
internal sealed class LeaveWait(Operation operation, ClusterClient cluster, string node, WaitLimit limit)
{
    private readonly Questions _questions = new(limit.Time, operation.NoteAwayAsync);
    private readonly SharingWatch _sharing = new(limit.Time);

    /// <exception cref="CommandFailure">It has not left in time.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            if (await ReadAsync(cancellation) is not { } first)
            {
                return;
            }

            var view = ProgressView.For(operation.Output, operation.Settings.Json);
            if (await view.RunAsync(show => WatchAsync(first, show, cancellation)) is { } failure)
            {
                throw new CommandFailure(ExitCode.Failed, failure);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw new WaitEndedException($"No longer waiting. {node} is removed, and leaves with its last tunnel.");
        }
    }

    /// <returns>Why it has not left; null if it has.</returns>
    private async Task<string?> WatchAsync(
        DrainAnswer first, Action<ProgressPoint> show, CancellationToken cancellation)
    {
        var most = 1L;
        await foreach (var drain in _questions.ContinueAsync<DrainAnswer?>(first, ReadAsync, cancellation))
        {
            if (drain is null)
            {
                return null;
            }

            var isWhole = _sharing.IsWhole(drain.Shared);
            most = Math.Max(most, drain.Remaining);
            show(new ProgressPoint(1 - ((double)drain.Remaining / most), DrainText.Progress(drain)));
            if (drain.State is not "leaving")
            {
                return $"{node} has been added again.";
            }

            if (drain.Remaining is 0 && isWhole)
            {
                return null;
            }

            if (limit.HasPassed || _sharing.IsExhausted)
            {
                return limit.HasPassed
                    ? $"{node} has not left within --timeout {limit.Text}: "
                        + $"{Amounts.Count(drain.Remaining, "tunnel")} remain."
                    : $"Redis cannot be used: whether the other balancers have tunnels to {node} is not known.";
            }
        }

        throw new InvalidOperationException("The answers never end.");
    }

    // A node is unknown once its last tunnel has ended.
    private async Task<DrainAnswer?> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            return (await cluster.ReadDrainAsync(node, cancellation)).Value;
        }
        catch (CommandFailure failure) when (failure.Status is HttpStatusCode.NotFound)
        {
            return null;
        }
    }
}
