using System.CommandLine;
using System.Text.Json.Nodes;
using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Arguments;
using WsBalancer.Cli.Commands.Waiting;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Commands.Draining;

/// <summary>
/// <c>wsbalancer wait NODE</c>: waits for the end of what an earlier command, or the node itself, has begun.
/// </summary>
internal static class WaitCommand
{
    private const string Healthy = "healthy";
    private const string Drained = "drained";
    private const string Removed = "removed";

    private static readonly Argument<string> Node = NodeName.Argument("NODE");

    private static readonly Option<string> For = new("--for")
    {
        Description = "healthy: its health checks succeed; drained: no balancer has a tunnel there; removed: it is no "
            + "longer in the fleet, and its last tunnel has ended",
        HelpName = "CONDITION",
        Required = true,
    };

    static WaitCommand() => For.AcceptOnlyFromAmong(Healthy, Drained, Removed);

    private static readonly ValueOption<TimeSpan> Timeout =
        MoveOptions.Duration("--timeout", "The limit of the wait, after which the exit code is 1 [default: none]");

    public static Command Create(TimeProvider time) => new OperatorCommand(
        "wait",
        "Wait until a node is healthy, drained or removed, and show the progress",
        (operation, cancellation) => RunAsync(operation, time, cancellation),
        Node, For, Timeout)
    {
        Examples =
        [
            "wait ws-2 --for healthy --timeout 1m    after its process was started",
            "wait ws-2 --for drained                 after 'drain ws-2', or a drain that the node began itself",
            "wait ws-3 --for removed                 after 'remove ws-3', before its process is stopped",
        ],
    };

    private static async Task<int> RunAsync(Operation operation, TimeProvider time, CancellationToken cancellation)
    {
        var named = operation.Parsed.GetRequiredValue(Node);
        var condition = operation.Parsed.GetRequiredValue(For);
        var limit = new WaitLimit(time, operation.Parsed.GetValue(Timeout));

        // An unknown cluster would be taken for one without the node: removed.
        var clusters = (await operation.Client.ListClustersAsync(cancellation)).Value;
        var chosen = clusters[ClusterChoice.Pick(clusters, operation.Settings.Cluster)];
        var cluster = operation.Client.In(chosen.Id);
        var node = NodeText.Find(chosen.Nodes, named)?.Id ?? named;
        if (condition is Healthy)
        {
            await new HealthWait(operation, time, cluster.Id, node).RunAsync(limit, cancellation);
        }
        else
        {
            var wait = new TunnelsWait(operation, cluster, node, limit) { UntilRemoved = condition is Removed };
            if (!await wait.RunAsync(cancellation))
            {
                await operation.NoteAsync($"The fleet has no node '{node}'.");
            }
        }

        if (operation.Settings.IsDocument)
        {
            var document = new JsonObject { ["cluster"] = cluster.Id, ["node"] = node, ["condition"] = condition };
            await operation.WriteDocumentAsync(document.ToJsonString());
        }
        else if (condition is not Healthy)
        {
            // The last line of the progress is the sentence of a healthy node.
            await operation.WriteLinesAsync($"{node} is {condition}.");
        }

        return ExitCode.Done;
    }
}
