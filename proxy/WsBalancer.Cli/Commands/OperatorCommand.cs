using System.CommandLine;
using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Commands;

/// <summary>A command that asks a running balancer: it takes the admin options and gets a client for them.</summary>
internal static class OperatorCommand
{
    public static Command Create(
        string name,
        string description,
        Func<Operation, CancellationToken, Task> run,
        params Argument[] arguments)
    {
        var command = new Command(name, description);
        foreach (var argument in arguments)
        {
            command.Add(argument);
        }

        AdminOptions.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var settings = AdminOptions.Read(parsed);
            using var client = new AdminClient(settings);
            var output = CommandOutput.Of(parsed.InvocationConfiguration);
            await run(new Operation(parsed, settings, client, output), cancellation);
            return ExitCode.Done;
        });

        return command;
    }
}
