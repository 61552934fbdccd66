using Spectre.Console;
using Spectre.Console.Rendering;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Commands.Live;

/// <summary>The traffic of nodes as a table.</summary>
internal sealed class TrafficTable : IWatchedTable
{
    private readonly TextTable _table = new(
        new Column("NODE", IsCut: true),
        new Column("CLUSTER", Drop: 2, IsCut: true),
        new Column("TUNNELS", IsNumber: true),
        new Column("OPENED", IsNumber: true),
        new Column("CLOSED", IsNumber: true, Drop: 1),
        new Column("FRAMES", IsNumber: true),
        new Column("FROM CLIENTS", IsNumber: true),
        new Column("FROM NODE", IsNumber: true));

    public TrafficTable(IEnumerable<NodeTraffic> nodes)
    {
        foreach (var node in nodes)
        {
            _table.AddRow(
                node.Node,
                node.Cluster,
                Amounts.Number(node.Tunnels),
                Amounts.Rate(node.OpenedPerSecond),
                Amounts.Rate(node.ClosedPerSecond),
                Amounts.Rate(node.FramesPerSecond),
                BytesOf(node.BytesFromClientsPerSecond),
                BytesOf(node.BytesFromNodesPerSecond));
        }
    }

    public void Write(CommandOutput output) => _table.Write(output);

    /// <inheritdoc/>
    public IRenderable DrawOn(IAnsiConsole terminal, bool isStale) =>
        _table.DrawOn(terminal, isStale ? new Style(Color.Grey) : default(Style?));

    private static string BytesOf(double perSecond) => $"{Amounts.Bytes((long)perSecond)}/s";
}
