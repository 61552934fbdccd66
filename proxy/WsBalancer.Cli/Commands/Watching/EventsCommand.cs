using System.CommandLine;

namespace WsBalancer.Cli.Commands.Watching;

/// <summary><c>wsbalancer events</c>: what happens at a balancer, as it happens.</summary>
internal static class EventsCommand
{
    public static Command Create(TimeProvider time) => new OperatorCommand(
        "events",
        "Follow what happens, one line each, until Ctrl-C; of one cluster with --cluster",
        (operation, cancellation) => RunAsync(operation, time, cancellation))
    {
        Examples = ["events", "events --json | grep '\"kind\":\"drain\"'"],
    };

    private static async Task<int> RunAsync(
        Operation operation, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            await new EventStream(operation, time).FollowAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // To be stopped is how it ends.
            return ExitCode.Done;
        }

        return ExitCode.Failed;
    }
}
