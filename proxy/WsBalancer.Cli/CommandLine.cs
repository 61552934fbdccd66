using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli;

/// <summary>Runs one command line: parses it, runs its command, and turns every outcome into an exit code.</summary>
internal static class CommandLine
{
    // A user may be called @alice: an argument is never the name of a file to read arguments from.
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    public static async Task<int> RunAsync(
        IReadOnlyList<string> arguments,
        TextWriter output,
        TextWriter error,
        TimeProvider time,
        CancellationToken cancellation = default)
    {
        await using var visible = new VisibleWriter(error);
        var parsed = CommandTree.Create(time).Parse(arguments, Parsing);
        if (parsed.Action is ParseErrorAction complaint)
        {
            return await ExplainAsync(parsed, complaint, visible);
        }

        try
        {
            return await parsed.InvokeAsync(Invocation(output, error), cancellation);
        }
        catch (CommandFailure failure)
        {
            await visible.WriteLineAsync($"wsbalancer: {failure.Message}");
            foreach (var detail in failure.Details)
            {
                await visible.WriteLineAsync($"  {detail}");
            }

            return failure.ExitCode;
        }
        catch (Exception unexpected) when (unexpected is not OutOfMemoryException)
        {
            // A fault of ours. The trace is for the report of it; a crash would only add a core dump.
            await visible.WriteLinesAsync($"wsbalancer: unexpected failure: {unexpected}");
            return ExitCode.Failed;
        }
    }

    private static InvocationConfiguration Invocation(TextWriter output, TextWriter error) => new()
    {
        Output = output,
        Error = error,
        EnableDefaultExceptionHandler = false,
        // The default forces an exit two seconds after SIGTERM, in the middle of an orderly shutdown.
        ProcessTerminationTimeout = null,
    };

    // The library would print the help of the command to standard output and exit 1.
    private static async Task<int> ExplainAsync(ParseResult parsed, ParseErrorAction complaint, VisibleWriter error)
    {
        await using var text = new StringWriter();
        complaint.ShowHelp = false;
        await parsed.InvokeAsync(Invocation(text, text));
        await error.WriteLinesAsync(text.ToString());

        var path = string.Join(' ', PathOf(parsed));
        await error.WriteLineAsync($"'{path} --help' shows how it is used.");
        return ExitCode.Usage;
    }

    private static IEnumerable<string> PathOf(ParseResult parsed)
    {
        var below = new Stack<string>();
        for (var at = parsed.CommandResult; at.Parent is CommandResult parent; at = parent)
        {
            below.Push(at.Command.Name);
        }

        return [CommandTree.Name, .. below];
    }
}
