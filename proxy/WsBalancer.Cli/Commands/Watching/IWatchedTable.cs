using Spectre.Console;
using Spectre.Console.Rendering;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Commands.Watching;

/// <summary>What a command with <c>--watch</c> shows of one answer.</summary>
internal interface IWatchedTable
{
    public void Write(CommandOutput output);

    /// <summary>The same for a live display, in grey if it is no longer true.</summary>
    public IRenderable DrawOn(IAnsiConsole terminal, bool isStale);
}
