using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace WsBalancer.Cli.Commands.Live;

/// <summary>
/// A live table on a terminal, below a line with the balancer and the time of its last answer. While the balancer does
/// not answer, the rows are grey, because they are stale.
/// </summary>
internal sealed class LiveTable(IAnsiConsole terminal, string balancer, TimeProvider time)
{
    private (LiveDisplayContext Context, IWatchedTable Table, DateTimeOffset AnsweredAt)? _shown;
    private (bool IsAway, string Sentence)? _notice;

    /// <summary>Shows each table until there are no more.</summary>
    public Task RunAsync(IAsyncEnumerable<IWatchedTable> tables) =>
        terminal.Live(new Text("")).StartAsync(async context =>
        {
            await foreach (var table in tables)
            {
                _shown = (context, table, time.GetUtcNow());
                Show();
            }
        });

    /// <summary>Shows that the balancer does not answer, or answers again (<see cref="Waiting.AwayNotice"/>).</summary>
    public Task NoteAsync(bool isAway, string sentence)
    {
        _notice = (isAway, isAway ? sentence : $"{sentence} ({Clock(time.GetUtcNow())})");
        Show();
        return Task.CompletedTask;
    }

    private void Show()
    {
        if (_shown is not var (context, table, answeredAt))
        {
            return;
        }

        var isStale = _notice is { IsAway: true };
        List<IRenderable> lines =
        [
            new Text($"{balancer}  {(isStale ? "no answer since" : "at")} {Clock(answeredAt)}"),
            table.DrawOn(terminal, isStale),
        ];
        if (_notice is { } notice)
        {
            lines.Add(new Text(notice.Sentence, new Style(notice.IsAway ? Color.Red : Color.Green)));
        }

        context.UpdateTarget(new Rows(lines));
    }

    private static string Clock(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
