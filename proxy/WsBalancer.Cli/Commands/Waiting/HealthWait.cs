using WsBalancer.Cli.Output;
using WsBalancer.Proxy.Admin.Clusters;

namespace WsBalancer.Cli.Commands.Waiting;

/// <summary>Reports the health of a node that was added or resumed: at once, or when the node is healthy.</summary>
internal sealed class HealthWait(Operation operation, TimeProvider time, string cluster, string node)
{
    /// <summary>The default limit: the time that a node may need to start.</summary>
    public static readonly TimeSpan Standard = TimeSpan.FromMinutes(1);

    private const string Healthy = "healthy";
    private const string Unknown = "unknown";

    /// <summary>Notes that the node is not healthy; with a limit, waits until the node is healthy.</summary>
    /// <exception cref="CommandFailure">The node is not healthy in time.</exception>
    public async Task RunAsync(WaitLimit? limit, CancellationToken cancellation)
    {
        if (limit is null)
        {
            await NoteAsync(cancellation);
            return;
        }

        var wait = new PolledWait<NodeView?>(operation, limit, ReadAsync)
        {
            PointOf = now => new ProgressPoint(IsHealthy(now) ? 1 : 0, $"{node} is {HealthOf(now)}"),
            Judge = (now, isOver) => IsHealthy(now) ? WaitVerdict.Met
                : isOver ? new WaitVerdict($"{node} is still {HealthOf(now)} after {limit.Text}.")
                : null,
            Interrupted = "No longer waiting for the node to be healthy.",
        };
        var (_, failure) = await wait.RunAsync(cancellation);
        if (failure is not null)
        {
            throw new CommandFailure(ExitCode.Failed, failure);
        }
    }

    // A node that has just been added is probed at once, and its health is known a moment later.
    private async Task NoteAsync(CancellationToken cancellation)
    {
        NodeView? now;
        try
        {
            now = await ReadAsync(cancellation);
            if (now is { Health: Unknown })
            {
                await Task.Delay(RetryPolicy.Pause, time, cancellation);
                now = await ReadAsync(cancellation);
            }
        }
        catch (CommandFailure failure)
        {
            // The change is made: a failure to read the health is no failure of the change.
            await operation.NoteAsync($"Whether {node} is healthy cannot be read: {failure.Message}");
            return;
        }

        if (now is { Health: not Healthy and var health })
        {
            await operation.NoteAsync(health is Unknown
                ? $"Whether {node} is healthy is not known yet. '--wait' waits for that."
                : $"{node} is {health}: no user is placed on it until it is healthy. '--wait' waits for that.");
        }
    }

    private static bool IsHealthy(NodeView? node) => node?.Health is Healthy;

    private static string HealthOf(NodeView? node) => node?.Health ?? "not in the fleet";

    private async Task<NodeView?> ReadAsync(CancellationToken cancellation)
    {
        var clusters = (await operation.Client.ListClustersAsync(cancellation)).Value;
        return clusters.FirstOrDefault(one => one.Id == cluster) is { } found ? NodeText.Find(found.Nodes, node) : null;
    }
}
