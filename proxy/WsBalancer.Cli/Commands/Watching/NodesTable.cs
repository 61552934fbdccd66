using Spectre.Console;
using Spectre.Console.Rendering;
using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Commands.Watching;

/// <summary>The nodes of a cluster as a table. A star marks a weight that is not the configuration's.</summary>
internal sealed class NodesTable
{
    private const string Legend = "* changed at run time, 'wsbalancer weight': not the weight of the configuration";

    private readonly TextTable _table;
    private readonly bool _hasStars;

    public NodesTable(IReadOnlyList<NodeAnswer> nodes)
    {
        _hasStars = nodes.Any(node => node.HasOtherWeight);

        // Most rings go by the ids, which are there already.
        var hasKeys = nodes.Any(node => node.RingKey is not null);
        Column[] columns =
        [
            new Column("NODE"),
            new Column("ADDRESS"),
            new Column("SOURCE"),
            new Column("WEIGHT", IsNumber: true),
            new Column("SHARE", IsNumber: true),
            new Column("STATE"),
            new Column("HEALTH"),
            new Column("TUNNELS", IsNumber: true),
            new Column("MISPLACED", IsNumber: true),
        ];
        _table = new TextTable(hasKeys ? [.. columns, new Column("RING KEY")] : columns);
        foreach (var node in nodes)
        {
            string[] cells =
            [
                node.Id,
                node.Address,
                node.Source,
                $"{Amounts.Number(node.Weight)}{(node.HasOtherWeight ? "*" : "")}",
                Amounts.Percent(node.Share),
                node.State,
                node.Health,
                Amounts.Number(node.Tunnels),
                Amounts.Number(node.Misplaced),
            ];
            _table.AddRow(hasKeys ? [.. cells, node.RingKey ?? ""] : cells);
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

    /// <summary>The same for a live display.</summary>
    public IRenderable DrawOn(IAnsiConsole terminal) => _hasStars
        ? new Rows(_table.DrawOn(terminal), new Text(Legend))
        : _table.DrawOn(terminal);
}
