using System.CommandLine;
using WsBalancer.Proxy.Admin.Moves;
using WsBalancer.Proxy.Draining;

namespace WsBalancer.Cli.Commands.Draining;

/// <summary><c>wsbalancer cordon NODE</c>: new tunnels are placed elsewhere, and the open ones stay.</summary>
internal static class CordonCommand
{
    private static readonly Argument<string> Node = NodeName.Argument("NODE");

    private static readonly Option<bool> Force = new("--force")
    {
        Description = "Also if no node is left that does not drain",
    };

    public static Command Create() => new OperatorCommand(
        "cordon",
        "Place new tunnels elsewhere, and close none; 'drain' closes them, 'uncordon' takes it back",
        RunAsync,
        Node,
        Force)
    {
        Examples = ["cordon ws-2"],
    };

    private static async Task<int> RunAsync(Operation operation, CancellationToken cancellation)
    {
        var node = operation.Parsed.GetRequiredValue(Node);
        var body = new DrainBody
        {
            RatePerSecond = 0,
            Deadline = DrainDeadline.None,
            Force = operation.Parsed.GetValue(Force) ? true : null,
        };
        var cluster = await operation.FindClusterAsync(cancellation);
        var answer = await cluster.BeginDrainAsync(node, body, cancellation);
        await operation.NoteSharingAsync(answer.Value.Shared);
        await operation.WriteAsync(answer, DrainText.Cordoned(node, answer.Value));
        return ExitCode.Done;
    }
}
