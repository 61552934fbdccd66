using System.CommandLine;
using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Arguments;

namespace WsBalancer.Cli.Commands.Live;

/// <summary><c>wsbalancer top</c>: the traffic of each node of this balancer, the busiest first.</summary>
internal static class TopCommand
{
    private const string Standard = "bytes";

    private static readonly Dictionary<string, Func<NodeTraffic, double>> Orders = new(StringComparer.Ordinal)
    {
        [Standard] = traffic => traffic.BytesFromClientsPerSecond + traffic.BytesFromNodesPerSecond,
        ["frames"] = traffic => traffic.FramesPerSecond,
        ["opened"] = traffic => traffic.OpenedPerSecond,
        ["tunnels"] = traffic => traffic.Tunnels,
    };

    private static readonly Option<string?> Sort = new("--sort")
    {
        Description = $"The order, highest first: {string.Join(", ", Orders.Keys)} [default: {Standard}]",
        HelpName = "ORDER",
    };

    private static readonly ValueOption<TimeSpan> Over =
        MoveOptions.Duration("--over", "The time of a measurement; with --watch, of each [default: 1s]");

    static TopCommand() => Sort.AcceptOnlyFromAmong([.. Orders.Keys]);

    public static Command Create(TimeProvider time) => WatchOption.AddTo(new OperatorCommand(
        "top",
        "Measure the traffic of each node through this balancer: tunnels, frames and bytes in a second",
        (operation, cancellation) => RunAsync(operation, time, cancellation),
        Sort, Over)
    {
        HasNames = true,
        Examples = ["top", "top --watch --sort frames", "top --over 1m -o json"],
    });

    private static async Task<int> RunAsync(Operation operation, TimeProvider time, CancellationToken cancellation)
    {
        var parsed = operation.Parsed;
        var over = parsed.GetValue(Over) ?? TimeSpan.FromSeconds(1);
        var meter = new TrafficMeter(operation, time, over, Orders[parsed.GetValue(Sort) ?? Standard]);
        ClusterChoice.Several(
            (await operation.Client.ListClustersAsync(cancellation)).Value, operation.Settings.Cluster);
        if (parsed.GetValue(WatchOption.Watch))
        {
            var watch = new TableWatch<IReadOnlyList<NodeTraffic>>(
                operation, time, meter.ReadAsync, static nodes => new TrafficTable(nodes))
            { Pause = over };
            return await watch.RunAsync(cancellation);
        }

        var answer = await meter.ReadAsync(cancellation);
        await operation.WriteListAsync(
            answer,
            answer.Value.Select(node => node.Node),
            () => new TrafficTable(answer.Value).Write(operation.Output));
        return ExitCode.Done;
    }
}
