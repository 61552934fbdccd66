using System.Net;

namespace WsBalancer.Cli;

/// <summary>
/// Ends a command with one sentence on standard error and an exit code, without a stack trace; with <c>--json</c> also
/// with a document on standard output.
/// </summary>
internal sealed class CommandFailure(int exitCode, string message, Exception? cause = null) : Exception(message, cause)
{
    public int ExitCode { get; } = exitCode;

    /// <summary>The problem document that the balancer has answered with; null if there is none.</summary>
    public string? Problem { get; init; }

    /// <summary>The status that the balancer has answered with; null if it has not.</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>Whether the command has written a document already, which is the only one then.</summary>
    public bool IsDocumented { get; set; }

    /// <summary>A sentence on how the command is used; null for none.</summary>
    public string? Hint { get; init; }

    /// <summary>More sentences, each for a line of its own.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];
}
