using System.CommandLine;
using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Commands.Draining;
using WsBalancer.Cli.Commands.Waiting;
using WsBalancer.Proxy.Admin.Changes;

namespace WsBalancer.Cli.Commands.FleetChanges;

/// <summary><c>wsbalancer remove ID</c>: removes a node. Its tunnels stay until they end, or are drained.</summary>
internal static class RemoveCommand
{
    private static readonly Argument<string> Node = NodeName.Argument("ID");

    private static readonly Option<bool> Drain = new("--drain")
    {
        Description = "Close its tunnels at the cluster's pace; without, they stay open until the peers end them",
    };

    private static readonly Option<bool> Force = new("--force")
    {
        Description = "Also if no node is left that does not drain",
    };

    private static readonly WaitOptions Waiting =
        new("Wait until no balancer has a tunnel there, so that its process can be stopped");

    private const string Drained = "Its tunnels are being closed, so that their users connect again at their new home.";
    private const string WithHint = $"{Drained} '--wait' waits for the last one.";

    public static Command Create(TimeProvider time)
    {
        var command = new OperatorCommand(
            "remove",
            "Remove a node: shows the plan, then does it; its tunnels stay open unless --drain",
            (operation, cancellation) => RunAsync(operation, time, cancellation),
            Node, Drain, Force, PlannedChange.Yes, Waiting.Wait, Waiting.Timeout)
        {
            Examples = ["remove ws-4 --drain --wait", "remove ws-4"],
        };
        Waiting.Validate(command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(Waiting.Wait) is not null && result.GetResult(Drain) is null
                && result.GetResult(Waiting.Timeout) is null)
            {
                result.AddError(
                    "Without --drain no tunnel is closed, so that --wait might never end: give --drain or --timeout.");
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(Operation operation, TimeProvider time, CancellationToken cancellation)
    {
        var parsed = operation.Parsed;
        var node = parsed.GetRequiredValue(Node);
        var (drain, force) = (parsed.GetValue(Drain), parsed.GetValue(Force));
        var limit = Waiting.Read(parsed, time);
        var cluster = await operation.FindClusterAsync(cancellation);

        var plan = (await cluster.PlanAsync(PlanBody.Empty with { Remove = [node] }, cancellation)).Value;

        Task<Answer<ChangeView>> RemoveAsync(long epoch) =>
            cluster.RemoveAsync(node, drain, force, epoch, cancellation);

        await (drain
            ? PlannedChange.RunAsync(
                operation, plan, RemoveAsync, $"{node} is removed.", cancellation, limit is null ? WithHint : Drained)
            : PlannedChange.RunAsync(operation, plan, RemoveAsync, $"{node} is removed.", cancellation));
        if (limit is not null)
        {
            await new TunnelsWait(operation, cluster, node, limit) { UntilRemoved = true }.RunAsync(cancellation);
            if (!operation.Settings.IsDocument)
            {
                await operation.WriteLinesAsync($"{node} has left: no balancer has a tunnel there.");
            }
        }

        return ExitCode.Done;
    }
}
