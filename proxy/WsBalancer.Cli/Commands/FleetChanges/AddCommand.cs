using System.CommandLine;
using WsBalancer.Cli.Arguments;
using WsBalancer.Cli.Commands.Waiting;
using WsBalancer.Proxy.Admin.Changes;

namespace WsBalancer.Cli.Commands.FleetChanges;

/// <summary><c>wsbalancer add ID=URL[@WEIGHT]</c>: adds a node without a change of the configuration.</summary>
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

    private static readonly WaitOptions Waiting =
        new("Wait until the node is healthy; exit 1 if it is not in time", HealthWait.Standard);

    public static Command Create(TimeProvider time)
    {
        var command = new OperatorCommand(
            "add",
            "Add a node: shows the plan, then does it",
            (operation, cancellation) => RunAsync(operation, time, cancellation),
            Node, RingKey, PlannedChange.Yes, Waiting.Wait, Waiting.Timeout)
        {
            Examples = ["add ws-4=http://10.0.0.4:5000 --wait", "add ws-4=http://10.0.0.4:5000@2"],
        };
        Waiting.Validate(command);
        return command;
    }

    private static async Task<int> RunAsync(Operation operation, TimeProvider time, CancellationToken cancellation)
    {
        var node = NodeArgument.Parse(operation.Parsed.GetRequiredValue(Node));
        var body = node.ToBody(operation.Parsed.GetValue(RingKey));
        var cluster = await operation.FindClusterAsync(cancellation);

        await PlannedChange.RunAsync(
            operation,
            (await cluster.PlanAsync(PlanBody.Empty with { Add = [body] }, cancellation)).Value,
            epoch => cluster.AddAsync(body, epoch, cancellation),
            $"{node.Id} is added.",
            cancellation);
        await new HealthWait(operation, time, cluster.Id, node.Id)
            .RunAsync(Waiting.Read(operation.Parsed, time), cancellation);
        return ExitCode.Done;
    }
}
