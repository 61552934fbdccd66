namespace WsBalancer.Cli.Tests;

/// <summary>The exit code and the output of one command line.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    public static Task<CommandRun> OfAsync(params string[] arguments) =>
        OfAsync(new AutoAdvancingClock(), CancellationToken.None, arguments);

    public static async Task<CommandRun> OfAsync(
        TimeProvider time, CancellationToken cancellation, params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.RunAsync(arguments, output, error, time, cancellation);
        return new CommandRun(code, output.ToString(), error.ToString());
    }

    public IEnumerable<string> Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
