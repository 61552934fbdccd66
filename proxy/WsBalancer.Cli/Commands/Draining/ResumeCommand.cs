using System.CommandLine;

namespace WsBalancer.Cli.Commands.Draining;

/// <summary><c>wsbalancer resume NODE</c>: ends a drain, and the node is its users' home again.</summary>
internal static class ResumeCommand
{
    public static readonly Argument<string> Node = new("NODE") { Description = "The id of the node" };

    public static Command Create() => new OperatorCommand(
        "resume",
        "End the drain of a node: its users go home to it when they connect again",
        RunAsync,
        Node)
    {
        Examples = ["resume ws-2"],
    };

    public static async Task<int> RunAsync(Operation operation, CancellationToken cancellation)
    {
        var node = operation.Parsed.GetRequiredValue(Node);
        var cluster = await operation.FindClusterAsync(cancellation);
        var answer = await cluster.ResumeAsync(node, cancellation);

        await operation.NoteSharingAsync(answer.Value.Shared);
        await operation.WriteAsync(answer, DrainText.Resumed(node, answer.Value));
        return ExitCode.Done;
    }
}
