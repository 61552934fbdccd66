using System.Globalization;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.RingCompare;

/// <summary>The comparison for people: a table, and what its columns mean.</summary>
internal static class ReportText
{
    private static readonly ReportColumn Name = new(new Column("ALGORITHM"), report => report.Algorithm);

    private static readonly ReportColumn[] Cost =
    [
        Number("LOOKUP ns", "0.0", report => report.LookupNanoseconds),
        Number("RING ns", "0.0", report => report.RingNanoseconds),
        Number("BUILD ms", "0.000", report => report.BuildMilliseconds),
        Number("TABLE KiB", "0.0", report => report.TableBytes / 1024.0),
    ];

    private static readonly ReportColumn[] Effect =
    [
        Number("MOVED %", "0.00", report => report.Moved * 100),
        Number("MINIMUM %", "0.00", report => report.Minimum * 100),
        Number("EXCESS %", "0.00", report => report.Excess * 100),
        Number("PEAK/MEAN", "0.000", report => report.PeakToMean),
        new(new Column("WEIGHTS"), report => report.Weights),
    ];

    public static void Write(ComparisonReport report, CommandOutput output)
    {
        foreach (var table in TablesFor(report, output))
        {
            table.Write(output);
        }

        output.Writer.WriteLine();
        foreach (var line in Legend(report))
        {
            output.Writer.WriteLine(line);
        }
    }

    // A terminal that is too narrow for one table gets two: the cost of the rings, and their effect.
    private static TextTable[] TablesFor(ComparisonReport report, CommandOutput output)
    {
        var whole = TableOf(report, [Name, .. Cost, .. Effect]);
        return output.Terminal is { } terminal && !whole.FitsOn(terminal)
            ? [TableOf(report, [Name, .. Cost]), TableOf(report, [Name, .. Effect])]
            : [whole];
    }

    private static TextTable TableOf(ComparisonReport report, ReportColumn[] columns)
    {
        var table = new TextTable([.. columns.Select(column => column.Column)]);
        foreach (var algorithm in report.Algorithms)
        {
            table.AddRow([.. columns.Select(column => column.Cell(algorithm))]);
        }

        return table;
    }

    // Lines of at most 80 characters, which fit on any terminal.
    private static string[] Legend(ComparisonReport report)
    {
        var even = (report.EvenShareOfAdded * 100).ToString("0.00", CultureInfo.InvariantCulture);
        return
        [
            $"Nodes: {report.Nodes}, then {report.Added} more, all of weight 1 (HAProxy's default, 16 points).",
            "LOOKUP, RING and BUILD: measured on this machine just now; all else is exact.",
            "",
            "LOOKUP     from a user id (36 bytes, UTF-8) to its node; RING: from a ready hash",
            "BUILD      making the ring of the nodes; TABLE: the memory that lookups read",
            "MOVED      users who change nodes; MINIMUM: those who move to an added node (an",
            $"           even share is {even} %); EXCESS: those who move between other nodes",
            "PEAK/MEAN  the users of the node with most over the mean, before the change",
            "WEIGHTS    exact: in proportion; points: so many for each unit of weight;",
            "           rounded: to whole points; turns: how often a node takes a slot",
            "",
            "When a node is down, only its users move, with every ring; to where a ring",
            $"without it would have them, with {MaskingLikeRemoval(report)}.",
            "Balancers need share no state with any of them: nodes, weights, options decide.",
            "",
            "How to choose: rendezvous, unless users must stay where another balancer puts",
            "them: then the ring that has its name.",
        ];
    }

    private static string MaskingLikeRemoval(ComparisonReport report)
    {
        var names = report.Algorithms
            .Where(algorithm => algorithm.MaskIsRemoval)
            .Select(algorithm => algorithm.Algorithm)
            .ToArray();
        return $"{string.Join(", ", names[..^1])} and {names[^1]}";
    }

    private static ReportColumn Number(string title, string format, Func<AlgorithmReport, double> value) => new(
        new Column(title, IsNumber: true),
        report => value(report).ToString(format, CultureInfo.InvariantCulture));

    /// <summary>A column, and its cell for an algorithm.</summary>
    private sealed record ReportColumn(Column Column, Func<AlgorithmReport, string> Cell);
}
