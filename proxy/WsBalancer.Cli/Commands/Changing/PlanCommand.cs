using System.CommandLine;
using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Arguments;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Commands.Changing;

/// <summary><c>wsbalancer plan</c>: what a change would move, before it is made.</summary>
internal static class PlanCommand
{
    private static readonly Option<string[]> Additions = Several("--add", "ID=URL[@WEIGHT]", "A node that comes");
    private static readonly Option<string[]> Removals = Several("--remove", "ID", "A node that goes");
    private static readonly Option<string[]> Weights = Several("--weight", "ID=W", "A node that weighs W, 0 to 65535");

    public static Command Create() => new OperatorCommand(
        "plan",
        "Show what a change of the fleet would move; nothing is done",
        RunAsync,
        Additions, Removals, Weights)
    {
        Examples =
        [
            "plan --add ws-4=http://10.0.0.4:5000",
            "plan --remove ws-1 --weight ws-2=2 --weight ws-3=2",
        ],
    };

    private static async Task<int> RunAsync(Operation operation, CancellationToken cancellation)
    {
        var change = Read(operation.Parsed);
        var cluster = await operation.FindClusterAsync(cancellation);
        var plan = await cluster.PlanAsync(change, cancellation);
        if (operation.Settings.Json)
        {
            await operation.WriteAsync(plan);
        }
        else
        {
            PlanText.Write(plan.Value, operation.Output);
        }

        return ExitCode.Done;
    }

    private static FleetChange Read(ParseResult parsed)
    {
        var weights = new Dictionary<string, int>();
        foreach (var weight in (parsed.GetValue(Weights) ?? []).Select(WeightArgument.Parse))
        {
            if (!weights.TryAdd(weight.Id, weight.Weight))
            {
                throw new CommandFailure(ExitCode.Usage, $"--weight names '{weight.Id}' twice.");
            }
        }

        return new FleetChange(
            [.. (parsed.GetValue(Additions) ?? []).Select(text => NodeArgument.Parse(text).ToAddition())],
            parsed.GetValue(Removals) ?? [],
            weights);
    }

    private static Option<string[]> Several(string name, string helpName, string description) => new(name)
    {
        Description = $"{description}; repeat for more",
        HelpName = helpName,
        AllowMultipleArgumentsPerToken = true,
    };
}
