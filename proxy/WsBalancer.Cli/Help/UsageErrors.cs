using System.CommandLine;
using System.CommandLine.Parsing;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Cli.Help;

/// <summary>The mistakes of a command line, each as one sentence.</summary>
internal static class UsageErrors
{
    public static IReadOnlyList<string> Of(ParseResult parsed)
    {
        var command = parsed.CommandResult;

        // After an unknown command the library also reports missing arguments, which are only a consequence.
        if (parsed.UnmatchedTokens is [var unknown, ..] && command.Command.Subcommands.Count > 0)
        {
            return [Unknown(unknown, command.Command)];
        }

        return [.. parsed.Errors.Select(error => Text(error, parsed)).Distinct()];
    }

    /// <summary>The recognized command, as it is typed.</summary>
    public static string PathOf(ParseResult parsed)
    {
        var below = new Stack<string>();
        for (var at = parsed.CommandResult; at.Parent is CommandResult parent; at = parent)
        {
            below.Push(at.Command.Name);
        }

        return string.Join(' ', [Product.Name, .. below]);
    }

    private static string Text(ParseError error, ParseResult parsed) => error.SymbolResult switch
    {
        ArgumentResult { Tokens.Count: 0, Argument: var argument, Parent: CommandResult } =>
            $"'{PathOf(parsed)}' needs {argument.Name}.",
        OptionResult { Tokens.Count: 0, Option: var option } when option.Arity.MinimumNumberOfValues > 0 =>
            option.Required && parsed.GetResult(option) is null or { Implicit: true }
                ? $"'{PathOf(parsed)}' needs {option.Name} {option.HelpName}."
                : $"{option.Name} needs {option.HelpName ?? "a value"}.",
        CommandResult { Command: var command } when MissingIn(command, parsed) is { } missing =>
            $"'{PathOf(parsed)}' needs {missing}.",
        _ => error.Message,
    };

    private static string? MissingIn(Command command, ParseResult parsed) => command.Arguments
        .Where(argument => argument.Arity.MinimumNumberOfValues > 0
            && parsed.GetResult(argument) is null or { Tokens.Count: 0 })
        .Select(argument => argument.Name)
        .FirstOrDefault();

    private static string Unknown(string word, Command command)
    {
        var where = command is RootCommand ? Product.Name : $"{Product.Name} {command.Name}";
        var nearest = NearestName.Find(word, command.Subcommands.Where(one => !one.Hidden).Select(one => one.Name));
        var hint = nearest is null ? "" : $" Did you mean '{nearest}'?";
        return word.StartsWith('-')
            ? $"'{where}' has no option {word}."
            : $"'{word}' is not a command of '{where}'.{hint}";
    }
}
