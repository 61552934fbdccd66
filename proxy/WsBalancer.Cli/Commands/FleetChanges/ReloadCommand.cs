using System.CommandLine;
using WsBalancer.Proxy.Admin.Changes;

namespace WsBalancer.Cli.Commands.FleetChanges;

/// <summary><c>wsbalancer reload</c>: makes the balancer read its configuration again, and shows the result.</summary>
internal static class ReloadCommand
{
    private static readonly Option<bool> Force = new("--force")
    {
        Description = "Also if it moves more users than WsBalancer:Reload:MaxMoved, or leaves a cluster without nodes",
    };

    public static Command Create() => new OperatorCommand(
        "reload",
        "Read the configuration file again, and show what it moves; exit 1 with the reasons if it is not applied",
        RunAsync,
        Force)
    {
        Examples = ["reload", "reload --force              after a refusal, if the change is meant"],
    };

    private static async Task<int> RunAsync(Operation operation, CancellationToken cancellation)
    {
        var answer = await operation.Client.ReloadAsync(operation.Parsed.GetValue(Force), cancellation);
        await operation.WriteAsync(answer, Lines(answer.Value));
        return ExitCode.Done;
    }

    private static IEnumerable<string> Lines(ReloadView answer)
    {
        yield return answer.Result == "applied"
            ? "The configuration has changed and is applied."
            : "The configuration is unchanged.";
        foreach (var move in answer.Moves)
        {
            yield return $"  {move.Text}";
        }

        if (answer.NeedRestart.Count > 0)
        {
            yield return $"Read at the start only, needs a restart: {string.Join(", ", answer.NeedRestart)}.";
        }
    }
}
