using System.CommandLine;
using System.CommandLine.Invocation;

namespace WsBalancer.BackendSample.Cli;

/// <summary>The command line of <c>ws-node</c>.</summary>
internal static class NodeCommandLine
{
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        var root = new RootCommand(
            "A WebSocket node: echoes, direct messages and rooms, joined to others by Redis or NATS.")
        {
            ServeCommand.Create(),
            RedisCommand.Create(),
            BenchBusCommand.Create(),
        };

        // No response files: '@' is an ordinary character in an argument.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
        {
            return await RefuseAsync(parsed, error);
        }

        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = output,
            Error = error,
            // No termination timeout: the commands handle signals themselves and may need longer to stop.
            ProcessTerminationTimeout = null,
        });
    }

    private static async Task<int> RefuseAsync(ParseResult parsed, TextWriter error)
    {
        foreach (var mistake in parsed.Errors)
        {
            await error.WriteLineAsync($"ws-node: {mistake.Message}");
        }

        var command = parsed.CommandResult.Command is RootCommand ? "" : $"{parsed.CommandResult.Command.Name} ";
        await error.WriteLineAsync($"  'ws-node {command}--help' shows how it is used.");
        return ExitCode.Usage;
    }
}

/// <summary>The exit codes of the program.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Usage = 2;
}
