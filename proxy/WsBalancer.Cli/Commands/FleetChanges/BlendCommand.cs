using System.CommandLine;
using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Arguments;
using WsBalancer.Cli.Output;
using WsBalancer.HashRing;
using WsBalancer.Proxy.Admin.Changes;

namespace WsBalancer.Cli.Commands.FleetChanges;

/// <summary><c>wsbalancer blend</c>: moves a part of the users from one ring to another.</summary>
internal static class BlendCommand
{
    private static readonly string Algorithms =
        string.Join(", ", RingAlgorithm.All.Select(algorithm => algorithm.Name));

    public static readonly Option<string?> To = new("--to")
    {
        Description = $"The ring to move to: {Algorithms}",
        HelpName = "ALGORITHM",
    };

    public static readonly ValueOption<double> Share = new(
        "--share",
        "SHARE",
        "Which part of all users it places; who has moved stays moved when it grows",
        ShareText.Expected,
        ShareText.Parse);

    public static Command Create()
    {
        var command = new OperatorCommand(
            "blend",
            "Move a part of the users to another ring, the plan shown first; alone, show how far it is",
            RunAsync,
            To, Share, PlannedChange.Yes)
        {
            Examples =
            [
                "blend --to rendezvous --share 10%     the first tenth; then 20%, and so on",
                "blend --to rendezvous --share 0%      back to where it began",
                "blend                                 how far it is",
            ],
        };
        Validate(command);
        return command;
    }

    /// <summary>Adds the validation rules of <c>--to</c> and <c>--share</c>.</summary>
    public static void Validate(Command command) => command.Validators.Add(result =>
    {
        var to = result.GetValue(To);
        if (to is null != result.GetResult(Share) is null)
        {
            result.AddError("--to and --share belong together: the ring, and its share of the users.");
        }
        else if (to is not null && RingAlgorithm.Find(to) is null)
        {
            result.AddError($"--to takes one of {Algorithms}, not '{to}'.");
        }
    });

    private static async Task<int> RunAsync(Operation operation, CancellationToken cancellation)
    {
        var cluster = await operation.FindClusterAsync(cancellation);
        if (operation.Parsed.GetValue(To) is not { } to || operation.Parsed.GetValue(Share) is not { } share)
        {
            return await ShowAsync(operation, await cluster.ReadBlendAsync(cancellation));
        }

        var plan = (await cluster.PlanBlendAsync(to, share, cancellation)).Value;
        await PlannedChange.RunAsync(
            operation,
            plan,
            epoch => cluster.BlendAsync(to, share, epoch, cancellation),
            $"{to} places {Amounts.Percent(share)} of all users, {plan.From} the others.",
            cancellation);
        return ExitCode.Done;
    }

    private static async Task<int> ShowAsync(Operation operation, Answer<BlendView> answer)
    {
        await operation.WriteAsync(answer, answer.Value is { To: { } to, Share: var share, From: var from }
            ? $"blend    {to} places {Amounts.Percent(share)} of all users, {from} the others"
            : $"blend    none: {answer.Value.From} places all users");
        return ExitCode.Done;
    }
}
