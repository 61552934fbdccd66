using System.CommandLine;
using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Arguments;
using WsBalancer.Cli.Commands.Waiting;
using WsBalancer.Proxy.Admin.Moves;

namespace WsBalancer.Cli.Commands.Rebalancing;

/// <summary>
/// <c>wsbalancer rebalance</c>: closes misplaced tunnels at a pace, so that their clients connect again at home.
/// </summary>
internal static class RebalanceCommand
{
    private static readonly ValueOption<double> Rate = new(
        "--rate",
        "RATE",
        "Tunnels closed in a second [default: the balancer's, 50/s]",
        $"{RateText.Expected}, more than 0",
        RateText.ParsePositive);

    private static readonly WaitOptions Waiting =
        new("Wait until it ends, and show how far it is; exit 1 if a tunnel is still misplaced");

    public static Command Create(TimeProvider time)
    {
        var command = CreateCommand(time);
        Waiting.Validate(command);
        return command;
    }

    private static OperatorCommand CreateCommand(TimeProvider time) => new(
        "rebalance",
        "Bring misplaced users home: close their tunnels at a pace, if their home can take them",
        (operation, cancellation) => RunAsync(operation, time, cancellation),
        Rate,
        Waiting.Wait,
        Waiting.Timeout,
        Step("pause", "Stop closing for now", (cluster, token) => cluster.PauseRebalanceAsync(true, token)),
        Step("continue", "Continue after a pause", (cluster, token) => cluster.PauseRebalanceAsync(false, token)),
        Step("cancel", "End it where it is", (cluster, token) => cluster.CancelRebalanceAsync(token)),
        Step("status", "Show how far it is", (cluster, token) => cluster.ReadRebalanceAsync(token)))
    {
        Examples =
        [
            "rebalance --wait            and see it end",
            "rebalance --rate 20/s       gently; while it runs, this changes its rate",
            "rebalance pause             then: rebalance continue, or rebalance cancel",
        ],
    };

    private static async Task<int> RunAsync(
        Operation operation, TimeProvider time, CancellationToken cancellation)
    {
        var cluster = await operation.FindClusterAsync(cancellation);
        var answer = await cluster.BeginRebalanceAsync(operation.Parsed.GetValue(Rate), cancellation);
        await operation.NoteSharingAsync(answer.Value.Shared);
        if (Waiting.Read(operation.Parsed, time) is { } limit)
        {
            return await new RebalanceWait(operation, cluster, limit).RunAsync(answer, cancellation);
        }

        await operation.WriteAsync(answer, RebalanceText.Of(answer.Value));
        return ExitCode.Done;
    }

    private static OperatorCommand Step(
        string name,
        string description,
        Func<ClusterClient, CancellationToken, Task<Answer<RebalanceStatusView>>> take) =>
        new(name, description, async (operation, cancellation) =>
        {
            var answer = await take(await operation.FindClusterAsync(cancellation), cancellation);
            await operation.NoteSharingAsync(answer.Value.Shared);
            await operation.WriteAsync(answer, RebalanceText.Of(answer.Value));
            return ExitCode.Done;
        });
}
