using System.CommandLine;
using WsBalancer.Cli.Admin;

namespace WsBalancer.Cli.Commands.Changing;

/// <summary><c>wsbalancer remove ID</c>: a node goes. Its tunnels stay until they end, or are drained.</summary>
internal static class RemoveCommand
{
    private static readonly Argument<string> Node = new("ID") { Description = "The id of the node" };

    private static readonly Option<bool> Drain = new("--drain")
    {
        Description = "Close its tunnels at the cluster's pace; without, they stay until they end by themselves",
    };

    private static readonly Option<bool> Force = new("--force")
    {
        Description = "Also if no node is left that does not drain",
    };

    private const string Drained = "Its tunnels are being closed, so that their users come back at their new home; "
        + "'wsbalancer nodes --watch' follows it.";

    public static Command Create() => new OperatorCommand(
        "remove",
        "Remove a node: shows the plan, then does it; its tunnels stay open unless --drain",
        RunAsync,
        Node, Drain, Force)
    {
        Examples = ["remove ws-4", "remove ws-4 --drain"],
    };

    private static async Task<int> RunAsync(Operation operation, CancellationToken cancellation)
    {
        var parsed = operation.Parsed;
        var node = parsed.GetRequiredValue(Node);
        var (drain, force) = (parsed.GetValue(Drain), parsed.GetValue(Force));
        var cluster = await operation.FindClusterAsync(cancellation);

        var plan = await cluster.PlanAsync(FleetChange.None with { Remove = [node] }, cancellation);

        Task<Answer<PlanAnswer>> RemoveAsync(long epoch) =>
            cluster.RemoveAsync(node, drain, force, epoch, cancellation);

        return await (drain
            ? PlannedChange.RunAsync(operation, plan, RemoveAsync, $"{node} is removed.", Drained)
            : PlannedChange.RunAsync(operation, plan, RemoveAsync, $"{node} is removed."));
    }
}
