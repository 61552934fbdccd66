using Spectre.Console;
using Spectre.Console.Rendering;
using WsBalancer.Cli.Output;
using WsBalancer.Proxy.Admin.Clusters;

namespace WsBalancer.Cli.Commands.Live;

/// <summary>Nodes as a table. A star marks a weight that is not the configuration's.</summary>
internal sealed class NodesTable : IWatchedTable
{
    private const string Legend = "* changed at run time, 'wsbalancer weight': not the weight of the configuration";

    private readonly TextTable _table;
    private readonly bool _hasStars;

    public NodesTable(IReadOnlyList<NodeView> nodes)
    {
        _hasStars = nodes.Any(NodeText.HasOtherWeight);
        var parts = PartsOf(nodes);
        _table = new TextTable([.. parts.Select(part => part.Column)]);
        foreach (var node in nodes)
        {
            _table.AddRow([.. parts.Select(part => part.CellOf(node))]);
        }
    }

    public void Write(CommandOutput output)
    {
        _table.Write(output);
        if (_hasStars)
        {
            output.Writer.WriteLine(Legend);
        }
    }

    /// <inheritdoc/>
    public IRenderable DrawOn(IAnsiConsole terminal, bool isStale)
    {
        var style = isStale ? new Style(Color.Grey) : default(Style?);
        var table = _table.DrawOn(terminal, style);
        return _hasStars ? new Rows(table, new Text(Legend, style)) : table;
    }

    // The columns that an operator reads first are at the left, and stay on a narrow terminal.
    private static (Column Column, Func<NodeView, string> CellOf)[] PartsOf(IReadOnlyList<NodeView> nodes)
    {
        List<(Column, Func<NodeView, string>)> parts =
        [
            (new Column("NODE", IsCut: true), node => node.Id),
            (new Column("STATE", Colour: ColourOfState), node => node.State),
            (new Column("HEALTH", Colour: ColourOfHealth), node => node.Health),
            (new Column("TUNNELS", IsNumber: true), node => Amounts.Number(node.Tunnels)),
            (new Column("MISPLACED", IsNumber: true), node => Amounts.Number(node.Misplaced)),
            (new Column("SHARE", IsNumber: true, Drop: 1), node => Amounts.Percent(node.Share)),
            (new Column("WEIGHT", IsNumber: true, Drop: 3), WeightOf),
            (new Column("SOURCE", Drop: 4), NodeText.SourceOf),
            (new Column("ADDRESS", Drop: 2, IsCut: true), node => node.Address),
        ];
        if (nodes.Select(node => node.Cluster).Distinct().Count() > 1)
        {
            parts.Insert(0, (new Column("CLUSTER", IsCut: true), node => node.Cluster));
        }

        // Most rings hash the ids, which have a column already.
        if (nodes.Any(node => node.RingKey is not null))
        {
            parts.Add((new Column("RING KEY", Drop: 5, IsCut: true), node => node.RingKey ?? ""));
        }

        return [.. parts];
    }

    private static string WeightOf(NodeView node) =>
        $"{Amounts.Number(node.Weight)}{(NodeText.HasOtherWeight(node) ? "*" : "")}";

    private static Color? ColourOfState(string state) => state is "active" ? null : Color.Yellow;

    private static Color? ColourOfHealth(string health) => health switch
    {
        "healthy" => Color.Green,
        "unhealthy" => Color.Red,
        _ => null,
    };
}
