using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using WsBalancer.LoadTest.Values;

namespace WsBalancer.LoadTest.Commands;

/// <summary>Option types that several commands share, and the error message for a wrong value.</summary>
internal static class OptionValues
{
    public static Option<TimeSpan> Time(string name, int seconds, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        DefaultValueFactory = _ => TimeSpan.FromSeconds(seconds),
        CustomParser = result => Duration.TryParse(Text(result), out var time)
            ? time
            : Refuse<TimeSpan>(result, Duration.Expected),
    };

    public static Option<int> Count(string name, int usual, int most, string description) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => usual,
        CustomParser = result =>
            int.TryParse(Text(result), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count >= 1 && count <= most
                ? count
                : Refuse<int>(result, $"a number from 1 to {most}"),
    };

    public static Option<FileInfo> Json()
    {
        var option = new Option<FileInfo>("--json")
        {
            Description = "Write the report here, as JSON.",
            HelpName = "FILE",
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<FileInfo>()?.Directory is { Exists: false } folder)
            {
                result.AddError($"--json: the folder '{folder.FullName}' does not exist.");
            }
        });
        return option;
    }

    public static Option<bool> Quiet() => new("--quiet") { Description = "Show nothing but the report." };

    public static string Text(ArgumentResult result) => result.Tokens.Count > 0 ? result.Tokens[0].Value : "";

    public static T? Refuse<T>(ArgumentResult result, string expected)
    {
        var option = (result.Parent as OptionResult)?.Option.Name;
        result.AddError($"{option}: '{Text(result)}' is not valid: expected {expected}.");
        return default;
    }
}
