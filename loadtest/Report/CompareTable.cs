using System.Globalization;
using Spectre.Console;
using WsBalancer.LoadTest.Compare;

namespace WsBalancer.LoadTest.Report;

/// <summary>A comparison for people: medians, and the ratios to the medians of the first target.</summary>
internal static class CompareTable
{
    public static void Write(IAnsiConsole console, CompareReport report)
    {
        var settings = report.Settings;
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Medians of {settings.Rounds} rounds: {settings.Connections:N0} connections × {settings.MessageSize:N0} "
            + $"bytes for {settings.Duration.TotalSeconds} s, {settings.Handshakes:N0} handshakes, "
            + $"{settings.Tunnels:N0} idle tunnels"));
        var table = new Table().Border(TableBorder.Simple).AddColumn("");
        foreach (var target in report.Targets)
        {
            table.AddColumn(new TableColumn(new Text(target.Target.Name)).RightAligned());
            if (target != report.Targets[0])
            {
                table.AddColumn(new TableColumn(new Text("×")).RightAligned());
            }
        }

        foreach (var figure in Figure.All)
        {
            AddRow(table, report, figure.Title, target => target.Median(figure.Of), figure.Write);
        }

        AddRow(table, report, "failed or lost", target => target.Failed, Count);
        console.Write(table);
        foreach (var line in report.Targets.SelectMany(Reasons))
        {
            console.WriteLine(line);
        }

        foreach (var warning in report.Warnings)
        {
            console.WriteLine("Warning: " + warning);
        }
    }

    private static void AddRow(
        Table table,
        CompareReport report,
        string title,
        Func<TargetReport, double?> value,
        Func<double?, string> write)
    {
        var cells = new List<string> { title };
        var first = value(report.Targets[0]);
        foreach (var target in report.Targets)
        {
            cells.Add(write(value(target)));
            if (target != report.Targets[0])
            {
                cells.Add(Medians.Ratio(value(target), first)?.ToString("N2", CultureInfo.InvariantCulture) ?? "-");
            }
        }

        table.AddRow(cells.Select(cell => new Text(cell)));
    }

    private static string Count(double? count) => count?.ToString("N0", CultureInfo.InvariantCulture) ?? "-";

    private static IEnumerable<string> Reasons(TargetReport target) => target.Failures.Select(failure =>
        string.Create(CultureInfo.InvariantCulture, $"{target.Target.Name}: {failure.Key} × {failure.Value:N0}"));
}
