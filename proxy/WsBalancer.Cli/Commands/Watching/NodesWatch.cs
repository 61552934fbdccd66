using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Commands.Waiting;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Commands.Watching;

/// <summary>Follows the nodes of a cluster: a live table on a terminal, elsewhere each change as it comes.</summary>
internal sealed class NodesWatch(Operation operation, TimeProvider time)
{
    private readonly NodesDisplay? _display =
        operation.Output.Terminal is { } terminal && !operation.Settings.Json
            ? new NodesDisplay(terminal, $"{operation.Settings.Address}", time)
            : null;

    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        try
        {
            await (_display is { } display
                ? display.RunAsync(AnswersAsync(cancellation))
                : WriteAsync(cancellation));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // To be stopped is how it ends.
            return ExitCode.Done;
        }

        return ExitCode.Failed;
    }

    private async Task WriteAsync(CancellationToken cancellation)
    {
        var last = "";
        await foreach (var answer in AnswersAsync(cancellation))
        {
            var text = operation.Settings.Json ? OnOneLine(answer.Document) : TextOf(answer.Value);
            if (text != last)
            {
                // A blank line tells one table from the next; documents are told apart by their lines.
                await operation.Output.Exact.WriteAsync(
                    last.Length is 0 || operation.Settings.Json ? text : $"\n{text}");
                await operation.Output.Exact.FlushAsync(CancellationToken.None);
                last = text;
            }
        }
    }

    private async IAsyncEnumerable<Answer<IReadOnlyList<NodeAnswer>>> AnswersAsync(
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        Task<Answer<IReadOnlyList<NodeAnswer>>> AskAsync(CancellationToken token) =>
            NodesCommand.ReadAsync(operation, token);

        // Only a balancer that was there once may be restarting.
        var first = await AskAsync(cancellation);
        AwayNotice notice = _display is { } display ? display.NoteAsync : operation.NoteAwayAsync;
        var questions = new Questions(time, notice);
        await foreach (var answer in questions.ContinueAsync(first, AskAsync, cancellation))
        {
            yield return answer;
        }
    }

    private static string TextOf(IReadOnlyList<NodeAnswer> nodes)
    {
        using var text = new StringWriter();
        new NodesTable(nodes).Write(new CommandOutput(text, terminal: null));
        return text.ToString();
    }

    private static string OnOneLine(string document) => $"{JsonNode.Parse(document)!.ToJsonString()}\n";
}
