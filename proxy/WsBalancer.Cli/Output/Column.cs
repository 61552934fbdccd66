using Spectre.Console;

namespace WsBalancer.Cli.Output;

/// <summary>A column of a <see cref="TextTable"/>.</summary>
/// <param name="Title">The title of the column.</param>
/// <param name="IsNumber">Whether the cells are numbers, which are aligned to the right.</param>
/// <param name="Drop">The order of removal on a terminal that is too narrow: the highest value first, 0 never.</param>
/// <param name="IsCut">Whether cells may be cut if the terminal is still too narrow after the removals.</param>
/// <param name="Colour">The colour of a cell on a terminal; null for the terminal's own.</param>
internal sealed record Column(
    string Title, bool IsNumber = false, int Drop = 0, bool IsCut = false, Func<string, Color?>? Colour = null);
