using System.CommandLine;
using System.Globalization;

namespace WsBalancer.BackendSample.Cli;

/// <summary>An option that is a number from 1 to a million.</summary>
internal static class NumberOption
{
    private const int Highest = 1_000_000;

    /// <param name="name">The name, with its dashes.</param>
    /// <param name="description">The description, without the default.</param>
    /// <param name="normally">The default; 0 for off.</param>
    public static Option<int?> Create(string name, string description, int normally) => new(name)
    {
        Description = $"{description} [default: {(normally > 0 ? normally : "off")}]",
        HelpName = "N",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number is >= 1 and <= Highest)
            {
                return number;
            }

            result.AddError($"{name}: '{text}' is not a number from 1 to {Highest}.");
            return null;
        },
    };
}
