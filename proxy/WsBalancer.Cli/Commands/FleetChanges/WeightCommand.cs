using System.CommandLine;
using WsBalancer.Cli.Arguments;
using WsBalancer.Proxy.Admin.Changes;

namespace WsBalancer.Cli.Commands.FleetChanges;

/// <summary>
/// <c>wsbalancer weight ID=W</c>: changes the weight of a node, and with it the node's share of the users.
/// </summary>
internal static class WeightCommand
{
    private static readonly Argument<string> Weight = new("ID=W")
    {
        Description = "The node's id and its weight, 0 to 65535; with 0 it has no users",
    };

    public static Command Create() => new OperatorCommand(
        "weight",
        "Change the weight of a node: shows the plan, then does it",
        RunAsync,
        Weight, PlannedChange.Yes)
    {
        Examples = ["weight ws-2=3"],
    };

    private static async Task<int> RunAsync(Operation operation, CancellationToken cancellation)
    {
        var (id, weight) = WeightArgument.Parse(operation.Parsed.GetRequiredValue(Weight));
        var change = PlanBody.Empty with { Weights = new Dictionary<string, int> { [id] = weight } };
        var cluster = await operation.FindClusterAsync(cancellation);

        await PlannedChange.RunAsync(
            operation,
            (await cluster.PlanAsync(change, cancellation)).Value,
            epoch => cluster.ReweighAsync(id, weight, epoch, cancellation),
            $"{id} weighs {weight}.",
            cancellation);
        return ExitCode.Done;
    }
}
