using Spectre.Console;
using Spectre.Console.Rendering;
using WsBalancer.Proxy;

namespace WsBalancer.Cli.Output;

/// <summary>
/// Writes rows and columns. On a terminal that is wide enough they are a drawn table; on a narrower one aligned text,
/// without the columns and the ends of cells that do not fit; elsewhere aligned text that is never cut, since a script
/// would read a cut id as another id.
/// </summary>
internal sealed class TextTable(params Column[] columns)
{
    // Two characters between columns, as in the tables of ps, ss and kubectl.
    private const int Gap = 2;
    private const int ShortestCut = 8;

    private readonly List<string[]> _rows = [];

    /// <summary>Adds a row, whose cells are escaped (<see cref="VisibleText"/>).</summary>
    public void AddRow(params string[] cells)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(cells.Length, columns.Length);
        _rows.Add([.. cells.Select(VisibleText.Of)]);
    }

    public void Write(CommandOutput output)
    {
        if (output.Terminal is { } terminal && (!output.IsWide || FitsOn(terminal)))
        {
            terminal.Write(DrawOn(terminal));
            return;
        }

        var all = new TableFit(Enumerable.Range(0, columns.Length), WidthOf);
        foreach (var line in _rows.Prepend([.. columns.Select(column => column.Title)]))
        {
            output.Exact.WriteLine(LineOf(line, all));
        }
    }

    /// <summary>The table for a terminal, in the given style or, without one, in the colours of the columns.</summary>
    public IRenderable DrawOn(IAnsiConsole terminal, Style? style = null)
    {
        var width = terminal.Profile.Width;
        if (FitsOn(terminal))
        {
            return Drawn(style);
        }

        var fit = Fit(width);
        return fit.Width(Gap) <= width ? Aligned(fit, style) : Cut(fit, width, style);
    }

    private TableFit Fit(int width)
    {
        var fit = new TableFit(Enumerable.Range(0, columns.Length), WidthOf);
        while (fit.Width(Gap) > width
            && fit.Columns.Where(i => columns[i].Drop > 0).ToArray() is { Length: > 0 } others)
        {
            fit.Remove(others.MaxBy(i => columns[i].Drop));
        }

        while (fit.Width(Gap) > width && fit.Columns
            .Where(i => columns[i].IsCut && fit[i] > ShortestCut).ToArray() is { Length: > 0 } wide)
        {
            fit.Cut(wide.MaxBy(i => fit[i]));
        }

        return fit;
    }

    private string LineOf(string[] cells, TableFit fit) =>
        string.Join(new string(' ', Gap), fit.Columns.Select(i => CellOf(cells[i], i, fit))).TrimEnd();

    private string CellOf(string cell, int column, TableFit fit)
    {
        var width = fit[column];
        var cut = CutTo(cell, width);
        return columns[column].IsNumber ? cut.PadLeft(width) : cut.PadRight(width);
    }

    // The cut must not separate a surrogate pair.
    private static string CutTo(string text, int width)
    {
        if (text.Length <= width)
        {
            return text;
        }

        var length = width > 1 && char.IsHighSurrogate(text[width - 2]) ? width - 2 : Math.Max(0, width - 1);
        return $"{text[..length]}…";
    }

    private Rows Aligned(TableFit fit, Style? style)
    {
        var title = LineOf([.. columns.Select(column => column.Title)], fit);
        var header = new Text(title, style ?? new Style(decoration: Decoration.Bold)) { Overflow = Overflow.Crop };
        return new Rows([header, .. _rows.Select(row => ColouredLine(row, fit, style))]);
    }

    // The terminal is too narrow even after the removals: lines are cut, since wrapped lines are not a readable table.
    private Rows Cut(TableFit fit, int width, Style? style) => new(
        _rows.Prepend([.. columns.Select(column => column.Title)])
            .Select(row => new Text(CutTo(LineOf(row, fit), width), style)));

    private Paragraph ColouredLine(string[] row, TableFit fit, Style? style)
    {
        var line = new Paragraph { Overflow = Overflow.Crop };
        var last = fit.Columns[^1];
        foreach (var i in fit.Columns)
        {
            var cell = CellOf(row[i], i, fit);
            line.Append(i == last ? cell.TrimEnd() : cell + new string(' ', Gap), style ?? StyleOf(i, row[i]));
        }

        return line;
    }

    private Table Drawn(Style? style)
    {
        var table = new Table { Border = TableBorder.Rounded, BorderStyle = style };
        foreach (var column in columns)
        {
            var header = new TableColumn(new Text(column.Title, style ?? new Style(decoration: Decoration.Bold)))
            {
                NoWrap = true,
                Alignment = column.IsNumber ? Justify.Right : Justify.Left,
            };
            table.AddColumn(header);
        }

        foreach (var row in _rows)
        {
            table.AddRow(row.Select((cell, i) => new Text(cell, style ?? StyleOf(i, cell))));
        }

        return table;
    }

    private Style StyleOf(int column, string cell) => new(columns[column].Colour?.Invoke(cell) ?? Color.Default);

    /// <summary>Whether the terminal is wide enough for a drawn table.</summary>
    public bool FitsOn(IAnsiConsole terminal) => DrawnWidth() <= terminal.Profile.Width;

    // A cell has a space at each side and a border at its left; one border closes the row.
    private int DrawnWidth() => columns.Select((_, i) => WidthOf(i) + 3).Sum() + 1;

    private int WidthOf(int column) =>
        Math.Max(columns[column].Title.Length, _rows.Select(row => row[column].Length).DefaultIfEmpty().Max());
}

/// <summary>A column of a <see cref="TextTable"/>.</summary>
/// <param name="Title">The title of the column.</param>
/// <param name="IsNumber">Whether the cells are numbers, which are aligned to the right.</param>
/// <param name="Drop">The order of removal on a terminal that is too narrow: the highest value first, 0 never.</param>
/// <param name="IsCut">Whether cells may be cut if the terminal is still too narrow after the removals.</param>
/// <param name="Colour">The colour of a cell on a terminal; null for the terminal's own.</param>
internal sealed record Column(
    string Title, bool IsNumber = false, int Drop = 0, bool IsCut = false, Func<string, Color?>? Colour = null);
