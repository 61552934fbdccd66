using System.CommandLine;
using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Arguments;

namespace WsBalancer.Cli.Commands.Changing;

/// <summary><c>wsbalancer add ID=URL[@WEIGHT]</c>: a node comes, without a change of the configuration.</summary>
internal static class AddCommand
{
    private static readonly Argument<string> Node = new("ID=URL[@WEIGHT]")
    {
        Description = "The node's id, its address and its weight (if not given 1, or what a node had that was removed)",
    };

    private static readonly Option<string?> RingKey = new("--ring-key")
    {
        Description = "What the ring of another balancer hashes for the node, as Metadata:RingKey",
        HelpName = "KEY",
    };

    public static Command Create() => new OperatorCommand(
        "add",
        "Add a node: shows the plan, then does it",
        RunAsync,
        Node, RingKey)
    {
        Examples = ["add ws-4=http://10.0.0.4:5000", "add ws-4=http://10.0.0.4:5000@2"],
    };

    private static async Task<int> RunAsync(Operation operation, CancellationToken cancellation)
    {
        var node = NodeArgument.Parse(operation.Parsed.GetRequiredValue(Node))
            .ToAddition(operation.Parsed.GetValue(RingKey));
        var cluster = await operation.FindClusterAsync(cancellation);

        return await PlannedChange.RunAsync(
            operation,
            await cluster.PlanAsync(FleetChange.None with { Add = [node] }, cancellation),
            epoch => cluster.AddAsync(node, epoch, cancellation),
            $"{node.Id} is added.");
    }
}
