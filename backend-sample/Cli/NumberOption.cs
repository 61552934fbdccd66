using System.CommandLine;
using System.Globalization;

namespace WsBalancer.BackendSample.Cli;

/// <summary>An option that is a number between two bounds.</summary>
internal static class NumberOption
{
    /// <param name="name">The name, with its dashes.</param>
    /// <param name="description">The description, without the default.</param>
    /// <param name="normally">The default; 0 for off.</param>
    /// <param name="lowest">The lowest number.</param>
    /// <param name="highest">The highest number.</param>
    public static Option<int?> Create(
        string name, string description, int normally, int lowest = 1, int highest = 1_000_000) => new(name)
        {
            Description = $"{description} [default: {(normally > 0 ? normally : "off")}]",
            HelpName = "N",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    && number >= lowest && number <= highest)
                {
                    return number;
                }

                result.AddError($"{name}: '{text}' is not a number from {lowest} to {highest}.");
                return null;
            },
        };
}
