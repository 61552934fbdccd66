using Spectre.Console;
using Spectre.Console.Rendering;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Commands.Watching;

/// <summary>The table that a command with <c>--watch</c> shows for one answer.</summary>
internal interface IWatchedTable
{
    public void Write(CommandOutput output);

    /// <summary>The table for a live display; grey if the answer is stale.</summary>
    public IRenderable DrawOn(IAnsiConsole terminal, bool isStale);
}
