using System.CommandLine;
using System.CommandLine.Invocation;
using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Help;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli;

/// <summary>Runs one command line: parses it, runs its command, and turns every outcome into an exit code.</summary>
internal static class CommandLine
{
    // An argument such as @alice is a user id, never the name of a response file with more arguments.
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
        try
        {
            return parsed.Action is ParseErrorAction
                ? throw UsageFailure(parsed)
                : await parsed.InvokeAsync(Invocation(output, error), cancellation);
        }
        catch (CommandFailure failure)
        {
            await visible.WriteLineAsync($"{Product.Name}: {failure.Message}");
            foreach (var detail in failure.Details)
            {
                await visible.WriteLineAsync($"  {detail}");
            }

            if (failure.Hint is { } hint)
            {
                await visible.WriteLineAsync($"  {hint}");
            }

            // A stream of documents may have begun: the failure is one more.
            var form = AdminOptions.FormOf(parsed.CommandResult);
            if (!failure.IsDocumented && form is OutputForm.Json or OutputForm.Yaml)
            {
                await output.WriteAsync(DocumentText.OneOf(failure.Problem ?? FailureJson.Of(failure), form));
            }

            return failure.ExitCode;
        }
        catch (IOException full)
        {
            // A failed call to a balancer is a CommandFailure: this exception is from writing the output.
            await visible.WriteLineAsync($"{Product.Name}: The output cannot be written: {full.Message}");
            return ExitCode.Failed;
        }
        catch (Exception unexpected) when (unexpected is not OutOfMemoryException)
        {
            // A bug of this program: the bug report needs the stack trace. A crash would only add a core dump.
            await visible.WriteLinesAsync($"{Product.Name}: unexpected failure: {unexpected}");
            return ExitCode.Failed;
        }
    }

    private static CommandFailure UsageFailure(ParseResult parsed)
    {
        var errors = UsageErrors.Of(parsed);
        return new CommandFailure(ExitCode.Usage, errors[0])
        {
            Details = [.. errors.Skip(1)],
            Hint = $"'{UsageErrors.PathOf(parsed)} --help' shows how it is used.",
        };
    }

    private static InvocationConfiguration Invocation(TextWriter output, TextWriter error) => new()
    {
        Output = output,
        Error = error,
        EnableDefaultExceptionHandler = false,
        // The default forces an exit two seconds after SIGTERM, in the middle of an orderly shutdown.
        ProcessTerminationTimeout = null,
    };
}
