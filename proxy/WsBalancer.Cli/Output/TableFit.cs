namespace WsBalancer.Cli.Output;

/// <summary>The columns of a table that are shown, in their order, and the width of each.</summary>
internal sealed class TableFit(IEnumerable<int> columns, Func<int, int> widthOf)
{
    private readonly SortedDictionary<int, int> _widths = new(columns.ToDictionary(column => column, widthOf));

    public IReadOnlyList<int> Columns => [.. _widths.Keys];

    /// <summary>The width of a column that is shown.</summary>
    public int this[int column] => _widths[column];

    /// <summary>The width of a line with <paramref name="gap"/> spaces between columns.</summary>
    public int Width(int gap) => _widths.Values.Sum() + (gap * (_widths.Count - 1));

    public void Remove(int column) => _widths.Remove(column);

    /// <summary>Makes a column narrower by one character.</summary>
    public void Cut(int column) => _widths[column]--;
}
