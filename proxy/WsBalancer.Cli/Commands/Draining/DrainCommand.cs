using System.CommandLine;
using System.CommandLine.Parsing;
using WsBalancer.Cli.Arguments;
using WsBalancer.Cli.Commands.Waiting;
using WsBalancer.Proxy.Admin.Moves;
using WsBalancer.Proxy.Draining;

namespace WsBalancer.Cli.Commands.Draining;

/// <summary>
/// <c>wsbalancer drain NODE</c>: places no new tunnels on a node, and closes its open ones at a pace, by a deadline.
/// </summary>
internal static class DrainCommand
{
    private static readonly Argument<string> Node = NodeName.Argument("NODE");

    private static readonly ValueOption<double> Rate = new(
        "--rate",
        "RATE",
        "Tunnels closed in a second, at least; 0 closes none and needs --deadline [default: the cluster's "
            + "Drain:RatePerSecond]",
        RateText.Expected,
        RateText.Parse);

    private static readonly ValueOption<TimeSpan> Over = MoveOptions.Duration(
        "--over", "Spread evenly over so long, instead of --rate; also the deadline if none is given");

    private static readonly ValueOption<DrainDeadline> Deadline = MoveOptions.Deadline();

    private static readonly ValueOption<int> Code = MoveOptions.CloseCode("the cluster's Drain:CloseCode");

    private static readonly Option<bool> Force = new("--force")
    {
        Description = "Also if no node is left that does not drain",
    };

    private static readonly WaitOptions Waiting =
        new("Wait until no balancer has a tunnel there, and show how far it is; exit 1 if it is not by the deadline");

    public static Command Create(TimeProvider time)
    {
        var command = new OperatorCommand(
            "drain",
            "Take a node out of service: new tunnels are placed elsewhere, open ones are closed at a pace",
            (operation, cancellation) => RunAsync(operation, time, cancellation),
            Node, Rate, Over, Deadline, Code, Force, Waiting.Wait, Waiting.Timeout)
        {
            Examples =
            [
                "drain ws-2 --wait                       at the cluster's rate, and see it end",
                "drain ws-2 --over 5m                    evenly over five minutes",
                "drain ws-2 --rate 0 --deadline 1h       closes none before it must; 'cordon' closes none at all",
            ],
        };
        command.Validators.Add(Validate);
        Waiting.Validate(command);
        return command;
    }

    private static void Validate(CommandResult result)
    {
        if (result.GetResult(Rate) is not null && result.GetResult(Over) is not null)
        {
            result.AddError("--rate and --over exclude each other: how fast, or how long.");
        }
        else if (result.GetResult(Waiting.Wait) is not null && result.GetResult(Waiting.Timeout) is null
            && Rate.Peek(result) is 0 && Deadline.Peek(result) is { Seconds: null })
        {
            result.AddError(
                "--rate 0 with --deadline none closes no tunnel, so that --wait might never end: give --timeout.");
        }
        else if (Rate.Peek(result) is 0 && result.GetResult(Deadline) is null)
        {
            result.AddError(
                "--rate 0 closes nothing and needs --deadline: none, or a time by which all are closed after all.");
        }
    }

    private static async Task<int> RunAsync(
        Operation operation, TimeProvider time, CancellationToken cancellation)
    {
        var parsed = operation.Parsed;
        var node = parsed.GetRequiredValue(Node);
        var body = new DrainBody
        {
            RatePerSecond = parsed.GetValue(Rate),
            OverSeconds = parsed.GetValue(Over)?.TotalSeconds,
            Deadline = parsed.GetValue(Deadline) ?? default,
            CloseCode = parsed.GetValue(Code),
            Force = parsed.GetValue(Force) ? true : null,
        };

        var cluster = await operation.FindClusterAsync(cancellation);
        var answer = await cluster.BeginDrainAsync(node, body, cancellation);
        await operation.NoteSharingAsync(answer.Value.Shared);
        if (Waiting.Read(parsed, time) is { } limit)
        {
            if (answer.Value is { RatePerSecond: 0, DeadlineSeconds: null, Remaining: > 0 } && !limit.IsSet)
            {
                await operation.WriteAsync(answer);
                throw new CommandFailure(
                    ExitCode.Failed,
                    $"{node} drains, but without a rate and a deadline its tunnels might never end, "
                        + "and --wait neither: give --rate, --over, --deadline or --timeout.");
            }

            return await new DrainWait(operation, cluster, node, limit).RunAsync(answer, cancellation);
        }

        await operation.WriteAsync(answer, DrainText.Begun(node, answer.Value));
        return ExitCode.Done;
    }
}
