using System.Net;

namespace WsBalancer.Cli;

/// <summary>
/// Ends a command with one sentence on standard error and an exit code, without a stack trace; with <c>--json</c> also
/// with a document on standard output.
/// </summary>
internal sealed class CommandFailure(int exitCode, string message, Exception? cause = null) : Exception(message, cause)
{
    public int ExitCode { get; } = exitCode;

    /// <summary>The problem document of the balancer's response; null if there is none.</summary>
    public string? Problem { get; init; }

    /// <summary>The status of the balancer's response; null without a response.</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>Whether the command has written a document; the failure then writes no second one.</summary>
    public bool IsDocumented { get; set; }

    /// <summary>A sentence on how the command is used; null for none.</summary>
    public string? Hint { get; init; }

    /// <summary>More sentences, each written on a line of its own.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];
}
