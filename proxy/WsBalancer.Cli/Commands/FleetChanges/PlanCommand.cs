using System.CommandLine;
using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Arguments;
using WsBalancer.Cli.Output;
using WsBalancer.Proxy.Admin.Changes;

namespace WsBalancer.Cli.Commands.FleetChanges;

/// <summary><c>wsbalancer plan</c>: what a change would move, before it is made.</summary>
internal static class PlanCommand
{
    private static readonly Option<string[]> Additions = Several("--add", "ID=URL[@WEIGHT]", "A node to add");
    private static readonly Option<string[]> Removals = Several("--remove", "ID", "A node to remove");
    private static readonly Option<string[]> Weights =
        Several("--weight", "ID=W", "A node and its new weight, 0 to 65535");

    private static readonly Option<string[]> RingKeys = Several(
        "--ring-key", "ID=KEY", "What the ring of another balancer hashes for an added node, as Metadata:RingKey");

    public static Command Create()
    {
        var command = new OperatorCommand(
            "plan",
            "Show what a change of the fleet, or a step of a blend, would move; nothing is done",
            RunAsync,
            Additions, RingKeys, Removals, Weights, BlendCommand.To, BlendCommand.Share)
        {
            Examples =
            [
                "plan --add ws-4=http://10.0.0.4:5000",
                "plan --remove ws-1 --weight ws-2=2 --weight ws-3=2",
                "plan --to rendezvous --share 10%",
            ],
        };
        BlendCommand.Validate(command);
        command.Validators.Add(result =>
        {
            var changes = ((Option[])[Additions, RingKeys, Removals, Weights])
                .Any(option => result.GetResult(option) is not null);
            if (changes && result.GetResult(BlendCommand.To) is not null)
            {
                result.AddError("--to and --share exclude --add, --ring-key, --remove and --weight: one plan a time.");
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(Operation operation, CancellationToken cancellation)
    {
        var change = Read(operation.Parsed);
        var cluster = await operation.FindClusterAsync(cancellation);
        await (operation.Parsed.GetValue(BlendCommand.To) is { } to
                && operation.Parsed.GetValue(BlendCommand.Share) is { } share
            ? WriteAsync(operation, await cluster.PlanBlendAsync(to, share, cancellation))
            : WriteAsync(operation, await cluster.PlanAsync(change, cancellation)));
        return ExitCode.Done;
    }

    private static async Task WriteAsync<T>(Operation operation, Answer<T> plan)
        where T : PlanView
    {
        if (operation.Settings.IsDocument)
        {
            await operation.WriteAsync(plan);
        }
        else
        {
            PlanText.Write(plan.Value, operation.Output);
        }
    }

    private static PlanBody Read(ParseResult parsed)
    {
        var weights = new Dictionary<string, int>();
        foreach (var weight in (parsed.GetValue(Weights) ?? []).Select(WeightArgument.Parse))
        {
            if (!weights.TryAdd(weight.Id, weight.Weight))
            {
                throw new CommandFailure(ExitCode.Usage, $"--weight names '{weight.Id}' twice.");
            }
        }

        var keys = ReadKeys(parsed.GetValue(RingKeys) ?? []);
        var additions = (parsed.GetValue(Additions) ?? []).Select(NodeArgument.Parse).ToList();
        var bodies = additions.ConvertAll(node => node.ToBody(keys.GetValueOrDefault(node.Id)));
        return keys.Keys.Except(additions.Select(node => node.Id)).FirstOrDefault() is { } unknown
            ? throw new CommandFailure(ExitCode.Usage, $"--ring-key names '{unknown}', which no --add adds.")
            : new PlanBody { Add = bodies, Remove = [.. parsed.GetValue(Removals) ?? []], Weights = weights };
    }

    private static Dictionary<string, string> ReadKeys(IEnumerable<string> texts)
    {
        var keys = new Dictionary<string, string>();
        foreach (var text in texts)
        {
            if (text.Split('=', 2) is not [{ Length: > 0 } id, { Length: > 0 } key])
            {
                throw new CommandFailure(ExitCode.Usage, $"--ring-key takes ID=KEY, not '{text}'.");
            }

            keys[id] = key;
        }

        return keys;
    }

    private static Option<string[]> Several(string name, string helpName, string description) => new(name)
    {
        Description = $"{description}; repeat for more",
        HelpName = helpName,
        AllowMultipleArgumentsPerToken = true,
    };
}
