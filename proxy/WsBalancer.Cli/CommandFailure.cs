namespace WsBalancer.Cli;

/// <summary>Ends a command with one sentence on standard error and an exit code, without a stack trace.</summary>
internal sealed class CommandFailure(int exitCode, string message, Exception? cause = null) : Exception(message, cause)
{
    public int ExitCode { get; } = exitCode;

    /// <summary>More sentences, each for a line of its own.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];
}
