using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using WsBalancer.LoadTest.Load;

namespace WsBalancer.LoadTest.Report;

/// <summary>The report for people: counts, latencies and thresholds.</summary>
internal static class TextReport
{
    public static void Write(IAnsiConsole console, RunReport report, IReadOnlyList<ThresholdVerdict> verdicts)
    {
        console.WriteLine();
        console.Write(Counts(report));
        console.WriteLine();
        console.Write(Latencies(report));
        if (verdicts.Count > 0)
        {
            console.WriteLine();
            console.Write(Verdicts(verdicts));
        }

        foreach (var warning in report.Generator.Warnings)
        {
            console.WriteLine();
            console.Write(new Markup("[yellow]Warning:[/] "));
            console.WriteLine(warning);
        }
    }

    private static Grid Counts(RunReport report)
    {
        var connections = report.Connections;
        var messages = report.Messages;
        var grid = new Grid().AddColumn().AddColumn();
        Add(grid, "Target", report.Settings.Target);
        Add(grid, "Stopped", report.Stopped
            ? string.Create(CultureInfo.InvariantCulture, $"by a signal, after {report.DurationSeconds:N1} s")
            : "");
        Add(grid, "Connections", Join(
            $"{connections.Opened:N0} of {report.Settings.Connections:N0} opened",
            Count(connections.Failed, "failed"),
            Unless(0, connections.Abandoned, "abandoned")));
        Add(grid, "Why failed", Join([.. connections.Failures.Select(pair => $"{pair.Key} × {pair.Value:N0}")]));
        Add(grid, "Ended early", Join(
            Count(connections.Closed, "closed by the server"),
            Count(connections.Lost, "lost without a Close"),
            Unless(0, connections.CutAtEnd, "cut at the end")));
        Add(grid, "Close codes", Join([.. connections.CloseCodes.Select(pair => $"{pair.Key} × {pair.Value:N0}")]));
        if (messages.Scheduled > 0)
        {
            Add(grid, "Messages", Join(
                $"{messages.Sent:N0} sent ({messages.SentPerSecond:N0}/s)",
                $"{messages.Echoed:N0} echoed",
                Count(messages.Lost, "lost"),
                Unless(0, messages.Unsent, "unsent"),
                Unless(0, messages.Duplicates, "duplicates"),
                Unless(0, messages.Foreign, "foreign")));
        }

        Add(grid, "Generator", Join(
            $"{report.Generator.CpuSeconds:N1} s of CPU in {report.DurationSeconds:N1} s",
            $"{report.Generator.PeakMemoryBytes / 1e6:N0} MB at most"));
        return grid;
    }

    private static void Add(Grid grid, string title, string text)
    {
        if (text.Length > 0)
        {
            grid.AddRow(new Markup($"[bold]{title}[/]"), new Text(text));
        }
    }

    private static string Join(params string[] parts) => string.Join(", ", parts.Where(part => part.Length > 0));

    private static string Count(long count, string what) => string.Create(
        CultureInfo.InvariantCulture, $"{count:N0} {what}");

    private static string Unless(long boring, long count, string what) => count == boring ? "" : Count(count, what);

    private static Table Latencies(RunReport report)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("ms");
        foreach (var title in (string[])["count", "p50", "p90", "p95", "p99", "p99.9", "max"])
        {
            table.AddColumn(new TableColumn(title).RightAligned());
        }

        AddLatency(table, "connect", report.Latency.Connect);
        AddLatency(table, "  service time", report.Latency.ConnectService);
        AddLatency(table, "  begun late by", report.Generator.ConnectLag);
        AddLatency(table, "message", report.Latency.Message);
        AddLatency(table, "  service time", report.Latency.MessageService);
        AddLatency(table, "  sent late by", report.Generator.SendLag);
        return table;
    }

    private static void AddLatency(Table table, string title, LatencySummary latency)
    {
        if (latency.Count > 0)
        {
            table.AddRow(
                new Text(title),
                new Text(latency.Count.ToString("N0", CultureInfo.InvariantCulture)),
                Time(latency.P50Ms),
                Time(latency.P90Ms),
                Time(latency.P95Ms),
                Time(latency.P99Ms),
                Time(latency.P999Ms),
                Time(latency.MaxMs));
        }
    }

    private static Text Time(double? milliseconds) => new(milliseconds switch
    {
        null => "-",
        < 10 => milliseconds.Value.ToString("0.00", CultureInfo.InvariantCulture),
        < 100 => milliseconds.Value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => milliseconds.Value.ToString("N0", CultureInfo.InvariantCulture),
    });

    private static Grid Verdicts(IEnumerable<ThresholdVerdict> verdicts)
    {
        var grid = new Grid().AddColumn().AddColumn().AddColumn();
        foreach (var verdict in verdicts)
        {
            grid.AddRow(
                (IRenderable)new Markup(verdict.Met ? "[green]met[/]" : "[red]MISSED[/]"),
                new Text(verdict.Text),
                new Text("was " + verdict.Described));
        }

        return grid;
    }
}
