using System.CommandLine;

namespace WsBalancer.LoadTest.Commands;

/// <summary>Parses the command line and runs the requested command.</summary>
internal static class CommandLine
{
    public static async Task<int> InvokeAsync(
        string[] arguments, TextWriter output, TextWriter error, TimeProvider time)
    {
        var root = new RootCommand("Load tests for WebSocket servers and the proxies before them.")
        {
            RunCommand.Create(time),
            CompareCommand.Create(time),
            EchoCommand.Create(),
        };
        // No response files: they would read "@alice", a valid user prefix, as a file name.
        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            foreach (var problem in parsed.Errors)
            {
                await error.WriteLineAsync($"wsload: {problem.Message}");
            }

            var command = parsed.CommandResult.Command;
            var name = command == root ? RunCommand.Name : command.Name;
            await error.WriteLineAsync($"  'wsload {name} --help' shows how it is used.");
            return ExitCode.Usage;
        }

        // No termination timeout: the run handles its own signals, and its report may take as long as needed.
        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = output,
            Error = error,
            ProcessTerminationTimeout = null,
        });
    }
}
