using System.CommandLine;

namespace WsBalancer.Cli.Commands.Status;

/// <summary><c>wsbalancer status</c>: the balancer and each of its clusters at a glance.</summary>
internal static class StatusCommand
{
    public static Command Create() => new OperatorCommand(
        "status",
        "Show whether users are served, and each cluster's ring, nodes and tunnels; exits with 1 if users are refused",
        RunAsync)
    {
        Examples = ["status", "status --json"],
    };

    private static async Task<int> RunAsync(Operation operation, CancellationToken cancellation)
    {
        var answer = await operation.Client.ReadStatusAsync(operation.Settings.Cluster, cancellation);
        await operation.WriteAsync(answer, StatusText.Lines(operation.Settings.Address, answer.Value));
        return answer.Value.Refusing.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }
}
