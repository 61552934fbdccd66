using System.CommandLine;
using WsBalancer.Cli.Commands.Waiting;

namespace WsBalancer.Cli.Commands.Draining;

/// <summary>
/// <c>wsbalancer resume NODE</c> and <c>uncordon NODE</c>: end a drain, so that the node is the home of its users
/// again.
/// </summary>
internal static class ResumeCommand
{
    private static readonly Argument<string> Node = NodeName.Argument("NODE");

    private static readonly WaitOptions Waiting =
        new("Wait until the node is healthy; exit 1 if it is not in time", HealthWait.Standard);

    public static Command Create(TimeProvider time) => Create(
        "resume", "End the drain of a node: its users return to it when they connect again", time);

    public static Command CreateUncordon(TimeProvider time) => Create(
        "uncordon", "End the cordon or the drain of a node, as 'resume' does", time);

    private static OperatorCommand Create(string name, string description, TimeProvider time)
    {
        var command = new OperatorCommand(
            name,
            description,
            (operation, cancellation) => RunAsync(operation, time, cancellation),
            Node, Waiting.Wait, Waiting.Timeout)
        {
            Examples = [$"{name} ws-2", $"{name} ws-2 --wait                and see that it is healthy"],
        };
        Waiting.Validate(command);
        return command;
    }

    private static async Task<int> RunAsync(Operation operation, TimeProvider time, CancellationToken cancellation)
    {
        var node = operation.Parsed.GetRequiredValue(Node);
        var cluster = await operation.FindClusterAsync(cancellation);
        var answer = await cluster.ResumeAsync(node, cancellation);

        await operation.NoteSharingAsync(answer.Value.Shared);
        await operation.WriteAsync(answer, DrainText.Resumed(node, answer.Value));
        await new HealthWait(operation, time, cluster.Id, answer.Value.Node)
            .RunAsync(Waiting.Read(operation.Parsed, time), cancellation);
        return ExitCode.Done;
    }
}
