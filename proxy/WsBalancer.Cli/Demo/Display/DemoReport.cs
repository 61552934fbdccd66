using System.Globalization;
using Spectre.Console;
using WsBalancer.Cli.Demo.Chapters;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Demo.Display;

/// <summary>The report at the end of the demo: every claim with its counts, and whether all of them held.</summary>
internal sealed class DemoReport(DemoSettings settings, IReadOnlyList<Chapter> chapters, TimeSpan took)
{
    /// <summary>Whether every claim held; false if there is none.</summary>
    public bool AllHeld => Total > 0 && Held == Total;

    private int Total => chapters.Sum(chapter => chapter.Claims.Count);

    private int Held => chapters.Sum(chapter => chapter.Claims.Count(claim => claim.Held));

    public void Write(CommandOutput output)
    {
        if (output.Terminal is { } terminal)
        {
            terminal.Write(new Rows(chapters.SelectMany(DemoLines.Of)));
            terminal.MarkupLine($"[bold {(AllHeld ? "green" : "red")}]{VisibleMarkup.Of(Verdict())}[/]");
            return;
        }

        output.Writer.WriteLine();
        foreach (var line in chapters.SelectMany(DemoLines.PlainOf).Append(Verdict()))
        {
            output.Writer.WriteLine(line);
        }
    }

    private string Verdict()
    {
        var size = $"{settings.Users} users, {settings.Nodes} nodes and two more";
        var seconds = took.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        return AllHeld
            ? $"All {Total} claims held ({size}, {seconds} s)."
            : $"{Total - Held} of {Total} claims failed ({size}, {seconds} s).";
    }
}
