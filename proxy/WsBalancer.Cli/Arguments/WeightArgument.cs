using System.Globalization;

namespace WsBalancer.Cli.Arguments;

/// <summary>A node and its new weight on the command line: <c>ID=W</c>.</summary>
internal sealed record WeightArgument(string Id, int Weight)
{
    private const int Max = 65_535;

    /// <exception cref="CommandFailure">
    /// The text is not of that form; the message contains the expected form.
    /// </exception>
    public static WeightArgument Parse(string text) =>
        text.Split('=') is [{ Length: > 0 } id, var weight] && ParseWeight(weight) is { } value
            ? new WeightArgument(id, value)
            : throw new CommandFailure(
                ExitCode.Usage, $"'{text}': expected ID=WEIGHT with a weight from 0 to {Max}, as in ws-1=2.");

    /// <returns>Null if the text is not a weight.</returns>
    public static int? ParseWeight(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var weight) && weight <= Max
            ? weight
            : null;
}
