using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Commands;

/// <summary><c>wsbalancer nodes</c>: one line for each node of a cluster.</summary>
internal static class NodesCommand
{
    public static Command Create() => OperatorCommand.Create(
        "nodes",
        "List a cluster's nodes: share, state, health, tunnels",
        RunAsync);

    private static async Task RunAsync(Operation operation, CancellationToken cancellation)
    {
        var answer = await operation.Client.ListClustersAsync(cancellation);
        var chosen = ClusterChoice.Pick(answer.Value, operation.Settings.Cluster);

        if (operation.Settings.Json)
        {
            using var document = JsonDocument.Parse(answer.Document);
            var nodes = document.RootElement[chosen].GetProperty("nodes").GetRawText();
            await operation.Output.Writer.WriteLineAsync(nodes);
            return;
        }

        TableOf(answer.Value[chosen].Nodes).Write(operation.Output);
    }

    public static TextTable TableOf(IReadOnlyList<NodeAnswer> nodes)
    {
        // Most rings go by the ids, which are there already.
        var hasKeys = nodes.Any(node => node.RingKey is not null);
        Column[] columns =
        [
            new Column("NODE"),
            new Column("ADDRESS"),
            new Column("WEIGHT", IsNumber: true),
            new Column("SHARE", IsNumber: true),
            new Column("STATE"),
            new Column("HEALTH"),
            new Column("TUNNELS", IsNumber: true),
            new Column("MISPLACED", IsNumber: true),
        ];
        var table = new TextTable(hasKeys ? [.. columns, new Column("RING KEY")] : columns);
        foreach (var node in nodes)
        {
            string[] cells =
            [
                node.Id,
                node.Address,
                Number(node.Weight),
                $"{(node.Share * 100).ToString("0.00", CultureInfo.InvariantCulture)}%",
                node.State,
                node.Health,
                Number(node.Tunnels),
                Number(node.Misplaced),
            ];
            table.AddRow(hasKeys ? [.. cells, node.RingKey ?? ""] : cells);
        }

        return table;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
