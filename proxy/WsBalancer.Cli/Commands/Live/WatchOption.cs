using System.CommandLine;
using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Commands.Live;

/// <summary>The option <c>--watch</c> of a command that shows a table.</summary>
internal static class WatchOption
{
    public static readonly Option<bool> Watch = new("--watch", "-w")
    {
        Description = "Show the table again whenever it changes, until Ctrl-C; with --json one document a line",
    };

    /// <summary>Adds the rule that a watch has no form for ids, and a live table no form for all columns.</summary>
    public static Command AddTo(Command command)
    {
        command.Add(Watch);
        command.Validators.Add(static result =>
        {
            if (result.GetResult(Watch) is { Implicit: false }
                && AdminOptions.FormOf(result) is OutputForm.Names or OutputForm.Wide)
            {
                result.AddError("--watch allows --output json or yaml, not name or wide.");
            }
        });
        return command;
    }
}
