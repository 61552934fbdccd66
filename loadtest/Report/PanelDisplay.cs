using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using WsBalancer.LoadTest.Load;

namespace WsBalancer.LoadTest.Report;

/// <summary>A panel that is redrawn in place, for terminals.</summary>
internal sealed class PanelDisplay(IAnsiConsole console, string title, TimeProvider time) : IProgressDisplay
{
    private const int BarWidth = 40;

    public Task ShowAsync(SnapshotSource source, Task run) => console
        .Live(Draw(source.Take()))
        .AutoClear(true)
        .StartAsync(live => Ticks.WhileAsync(run, time, () => live.UpdateTarget(Draw(source.Take()))));

    public IRenderable Draw(Snapshot now)
    {
        var grid = new Grid().AddColumn().AddColumn();
        grid.AddRow(new Text($"{now.Phase}".ToLowerInvariant(), new Style(decoration: Decoration.Bold)), Bar(now));
        Add(grid, "open now", $"{now.OpenNow:N0}");
        Add(grid, "failed", $"{now.Failed:N0}", now.Failed > 0 ? Color.Red : Color.Default);
        if (now.Phase == RunPhase.Connecting)
        {
            Add(grid, "opening", $"{now.OpenedPerSecond:N0}/s, p99 {Time(now.ConnectP99Ms)}");
        }
        else
        {
            Add(grid, "sent", $"{now.SentPerSecond:N0}/s");
            Add(grid, "echoed", $"{now.EchoedPerSecond:N0}/s, p99 {Time(now.MessageP99Ms)}");
        }

        var isLate = now.LagP99Ms > ReportGenerator.MaxLagMs;
        Add(grid, "own lag", $"p99 {Time(now.LagP99Ms)}", isLate ? Color.Yellow : Color.Default);
        return new Panel(grid)
            .Header($" {Markup.Escape(title)}, {now.Elapsed.TotalSeconds:0} s ")
            .Border(BoxBorder.Rounded);
    }

    private static void Add(Grid grid, string name, FormattableString text, Color color = default) =>
        grid.AddRow(new Text(name), new Text(text.ToString(CultureInfo.InvariantCulture), new Style(color)));

    private static Markup Bar(Snapshot now)
    {
        var full = (int)(BarWidth * now.Opened / Math.Max(now.Wanted, 1));
        var counts = string.Create(CultureInfo.InvariantCulture, $"{now.Opened:N0} of {now.Wanted:N0} opened");
        return new Markup($"[green]{new string('━', full)}[/][grey]{new string('━', BarWidth - full)}[/] {counts}");
    }

    private static string Time(double? milliseconds) => milliseconds is { } value
        ? value.ToString("0.0", CultureInfo.InvariantCulture) + " ms"
        : "-";
}
