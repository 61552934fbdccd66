using System.CommandLine;

namespace WsBalancer.Cli.Help;

/// <summary><c>wsbalancer man</c>: the manual page of all commands, from the same descriptions as the help.</summary>
internal static class ManCommand
{
    /// <param name="root">The tree that the page describes.</param>
    /// <param name="text">The texts of the page that do not describe a command.</param>
    public static Command Create(RootCommand root, ManText text)
    {
        var command = new Command(
            "man", "Print the manual page: man -l <(wsbalancer man), or into /usr/local/share/man/man1/wsbalancer.1");
        command.SetAction(parsed => new ManPage(parsed.InvocationConfiguration.Output).Write(root, text));
        return command;
    }
}
