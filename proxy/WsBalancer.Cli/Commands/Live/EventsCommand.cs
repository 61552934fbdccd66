using System.CommandLine;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Cli.Commands.Live;

/// <summary><c>wsbalancer events</c>: writes the events of a balancer as they occur.</summary>
internal static class EventsCommand
{
    private static readonly Option<string?> Since = new("--since")
    {
        Description = "Print first what has happened since then: " + EventTime.Expected,
        HelpName = "TIME",
    };

    private static readonly Option<bool> NoFollow = new("--no-follow")
    {
        Description = "Print what has happened, all of it without --since, and exit",
    };

    public static Command Create(TimeProvider time)
    {
        var command = new OperatorCommand(
            "events",
            "Follow what happens, one line each, until Ctrl-C; of one cluster with --cluster",
            (operation, cancellation) => RunAsync(operation, time, cancellation),
            Since,
            NoFollow)
        {
            Examples =
            [
                "events", "events --since 2h", "events --since 2h --no-follow",
                "events --json | grep '\"kind\":\"drain\"'",
            ],
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(Since) is { } text && EventTime.Parse(text, time.GetUtcNow()) is null)
            {
                result.AddError($"--since takes {EventTime.Expected}, not '{text}'.");
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(
        Operation operation, TimeProvider time, CancellationToken cancellation)
    {
        var follow = !operation.Parsed.GetValue(NoFollow);
        try
        {
            await new EventStream(operation, operation.Parsed.GetValue(Since), follow, time)
                .FollowAsync(cancellation);
            return ExitCode.Done;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Expected: the command ends by a signal.
            return ExitCode.Done;
        }
    }
}
