using System.CommandLine;

namespace WsBalancer.Cli.Commands.Status;

/// <summary><c>wsbalancer config show</c>: the configuration as it was applied last, without secrets.</summary>
internal static class ConfigCommand
{
    public static Command Create()
    {
        var command = new Command("config", "Show the configuration");
        command.Add(new OperatorCommand(
            "show",
            "Show the configuration as it was applied last, a line each: file and environment, secrets hidden",
            RunAsync)
        {
            Examples = ["config show", "config show | grep Drain"],
        });
        return command;
    }

    private static async Task<int> RunAsync(Operation operation, CancellationToken cancellation)
    {
        var answer = await operation.Client.ReadConfigurationAsync(cancellation);
        await operation.WriteAsync(answer, answer.Value.Select(setting => $"{setting.Key} = {setting.Value}"));
        return ExitCode.Done;
    }
}
