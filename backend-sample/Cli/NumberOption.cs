using System.CommandLine;
using System.Globalization;

namespace WsBalancer.BackendSample.Cli;

/// <summary>An option that is a whole number, with a minimum and a maximum.</summary>
internal static class NumberOption
{
    /// <param name="name">The name, with its dashes.</param>
    /// <param name="description">The description, without the default.</param>
    /// <param name="normally">The default; 0 for off.</param>
    /// <param name="least">The minimum.</param>
    /// <param name="most">The maximum.</param>
    public static Option<int?> Create(
        string name, string description, int normally, int least = 1, int most = 1_000_000) => new(name)
        {
            Description = $"{description} [default: {(normally > 0 ? normally : "off")}]",
            HelpName = "N",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    && number >= least && number <= most)
                {
                    return number;
                }

                result.AddError($"{name}: '{text}' is not a number from {least} to {most}.");
                return null;
            },
        };
}
