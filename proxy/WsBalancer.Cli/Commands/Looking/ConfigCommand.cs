using System.CommandLine;

namespace WsBalancer.Cli.Commands.Looking;

/// <summary><c>wsbalancer config show</c>: the settings in force, without secrets.</summary>
internal static class ConfigCommand
{
    public static Command Create()
    {
        var command = new Command("config", "Show the configuration");
        command.Add(new OperatorCommand(
            "show",
            "Show the settings in force, a line each: the file and the environment as they are applied, secrets hidden",
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
