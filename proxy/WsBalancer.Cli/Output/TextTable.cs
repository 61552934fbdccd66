using Spectre.Console;
using Spectre.Console.Rendering;
using WsBalancer.Proxy;

namespace WsBalancer.Cli.Output;

/// <summary>
/// Rows and columns. On a terminal that is wide enough a drawn table, else aligned text, which is never wrapped or
/// truncated: an id that was cut in a pipe is an id that a script gets wrong.
/// </summary>
internal sealed class TextTable(params Column[] columns)
{
    // Two characters between columns, as in the tables of ps, ss and kubectl.
    private const string Gap = "  ";

    private readonly List<string[]> _rows = [];

    /// <summary>Adds a row, whose cells are escaped (<see cref="VisibleText"/>).</summary>
    public void AddRow(params string[] cells)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(cells.Length, columns.Length);
        _rows.Add([.. cells.Select(VisibleText.Of)]);
    }

    public void Write(CommandOutput output)
    {
        if (output.Terminal is { } terminal && FitsOn(terminal))
        {
            terminal.Write(Drawn());
            return;
        }

        foreach (var line in Lines())
        {
            output.Exact.WriteLine(line);
        }
    }

    /// <summary>The same for a live display, which has no other way to write.</summary>
    public IRenderable DrawOn(IAnsiConsole terminal) =>
        FitsOn(terminal) ? Drawn() : new Text(string.Join('\n', Lines()));

    /// <summary>Whether the terminal is wide enough for the table to be drawn.</summary>
    public bool FitsOn(IAnsiConsole terminal) => DrawnWidth() <= terminal.Profile.Width;

    private IEnumerable<string> Lines() =>
        _rows.Prepend([.. columns.Select(column => column.Title)]).Select(Line);

    private string Line(string[] cells)
    {
        var padded = cells.Select((cell, i) =>
            columns[i].IsNumber ? cell.PadLeft(WidthOf(i)) : cell.PadRight(WidthOf(i)));
        return string.Join(Gap, padded).TrimEnd();
    }

    private Table Drawn()
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var column in columns)
        {
            var header = new TableColumn(new Text(column.Title, new Style(decoration: Decoration.Bold)))
            {
                NoWrap = true,
                Alignment = column.IsNumber ? Justify.Right : Justify.Left,
            };
            table.AddColumn(header);
        }

        foreach (var row in _rows)
        {
            table.AddRow(row.Select(cell => new Text(cell)));
        }

        return table;
    }

    // A cell has a space at each side and a border at its left; one border closes the row.
    private int DrawnWidth() => columns.Select((_, i) => WidthOf(i) + 3).Sum() + 1;

    private int WidthOf(int column) =>
        Math.Max(columns[column].Title.Length, _rows.Select(row => row[column].Length).DefaultIfEmpty().Max());
}
