using Spectre.Console;

namespace WsBalancer.Cli.Output;

/// <summary>A column of a <see cref="TextTable"/>; numbers stand at its right.</summary>
/// <param name="Title">Its title.</param>
/// <param name="IsNumber">Whether it is aligned to the right.</param>
/// <param name="Drop">On a terminal that is too narrow the column with the highest is left out first; that with 0
/// never.</param>
/// <param name="IsCut">Whether its cells may be cut on a terminal that is too narrow still.</param>
/// <param name="Colour">The colour of a cell on a terminal; null for the terminal's own.</param>
internal sealed record Column(
    string Title, bool IsNumber = false, int Drop = 0, bool IsCut = false, Func<string, Color?>? Colour = null);
