using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Spectre.Console;
using Spectre.Console.Rendering;
using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Commands.Waiting;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Commands.Live;

/// <summary>
/// Reads an answer of the balancer every second. On a terminal a live table shows the last answer; elsewhere each
/// change is written.
/// </summary>
internal sealed class TableWatch<T>(
    Operation operation,
    TimeProvider time,
    Func<CancellationToken, Task<Answer<T>>> read,
    Func<T, IWatchedTable> tableOf)
{
    /// <summary>The time between two reads.</summary>
    public TimeSpan Pause { get; init; } = RetryPolicy.Pause;

    private readonly LiveTable? _live = operation.Output.Terminal is { } terminal && !operation.Settings.IsDocument
        ? new LiveTable(terminal, $"{operation.Settings.Address}", time)
        : null;

    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        try
        {
            await (_live is { } live
                ? live.RunAsync(AnswersAsync(cancellation).Select(answer => tableOf(answer.Value)))
                : WriteAsync(cancellation));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Expected: a watch ends by a signal.
            return ExitCode.Done;
        }

        return ExitCode.Failed;
    }

    private async Task WriteAsync(CancellationToken cancellation)
    {
        var last = "";
        await foreach (var answer in AnswersAsync(cancellation))
        {
            var text = operation.Settings.IsDocument ? DocumentOf(answer) : TextOf(answer.Value);
            if (text != last)
            {
                // A blank line separates tables. Documents need none: each is one line, or begins with a separator.
                await operation.Output.Exact.WriteAsync(
                    last.Length is 0 || operation.Settings.IsDocument ? text : $"\n{text}");
                await operation.Output.Exact.FlushAsync(CancellationToken.None);
                last = text;
            }
        }
    }

    private async IAsyncEnumerable<Answer<T>> AnswersAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        // The first read is not retried: only a balancer that has answered before may be restarting.
        var first = await read(cancellation);
        AwayNotice notice = _live is { } live ? live.NoteAsync : operation.NoteAwayAsync;
        var answers = new PolledAnswers(time, notice) { Pause = Pause };
        await foreach (var answer in answers.ContinueAsync(first, read, cancellation))
        {
            yield return answer;
        }
    }

    private string TextOf(T value)
    {
        using var text = new StringWriter();
        tableOf(value).Write(new CommandOutput(text, terminal: null));
        return text.ToString();
    }

    private string DocumentOf(Answer<T> answer) =>
        DocumentText.OneOf(JsonNode.Parse(answer.Document)?.ToJsonString() ?? "null", operation.Settings.Form);
}

/// <summary>The table that a command with <c>--watch</c> shows for one answer.</summary>
internal interface IWatchedTable
{
    public void Write(CommandOutput output);

    /// <summary>The table for a live display; grey if the answer is stale.</summary>
    public IRenderable DrawOn(IAnsiConsole terminal, bool isStale);
}
