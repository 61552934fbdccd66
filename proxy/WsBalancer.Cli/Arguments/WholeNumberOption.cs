using System.CommandLine;

namespace WsBalancer.Cli.Arguments;

/// <summary>An option that takes a whole number within bounds; any other value is a usage error.</summary>
internal static class WholeNumberOption
{
    public static Option<int> Create(string name, string description, int standard, int fewest, int most) => new(name)
    {
        Description = $"{description}, {fewest} to {most}",
        HelpName = "N",
        DefaultValueFactory = _ => standard,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (int.TryParse(text, out var number) && number >= fewest && number <= most)
            {
                return number;
            }

            result.AddError($"{name} takes a whole number from {fewest} to {most}, not '{text}'.");
            return standard;
        },
    };
}
