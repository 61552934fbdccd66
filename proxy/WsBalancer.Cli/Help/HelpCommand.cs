using System.CommandLine;

namespace WsBalancer.Cli.Help;

/// <summary>
/// <c>wsbalancer help COMMAND</c> and <c>version</c>, which do the same as <c>--help</c> and <c>--version</c>.
/// </summary>
internal static class HelpCommand
{
    private static readonly Argument<string[]> Words = new("COMMAND")
    {
        Description = "The command",
        Arity = ArgumentArity.ZeroOrMore,
    };

    /// <param name="root">The tree that the command is part of.</param>
    public static Command Create(RootCommand root)
    {
        var command = new Command("help", "Show how a command is used") { Words };
        command.SetAction((parsed, cancellation) => InvokeAsync(
            root, [.. parsed.GetValue(Words) ?? [], "--help"], parsed, cancellation));
        return command;
    }

    /// <param name="root">The tree that the command is part of.</param>
    public static Command CreateVersion(RootCommand root)
    {
        var command = new Command("version", "Show the version");
        command.SetAction((parsed, cancellation) => InvokeAsync(root, ["--version"], parsed, cancellation));
        return command;
    }

    private static Task<int> InvokeAsync(
        RootCommand root, string[] arguments, ParseResult parsed, CancellationToken cancellation)
    {
        var meant = root.Parse(arguments, parsed.Configuration);
        return meant.UnmatchedTokens is [var unknown, ..]
            ? throw new CommandFailure(ExitCode.Usage, $"'{unknown}' is not a command of '{Product.Name}'.")
            : meant.InvokeAsync(parsed.InvocationConfiguration, cancellation);
    }
}
