using System.CommandLine;
using System.Text.RegularExpressions;
using WsBalancer.Cli.Admin;

namespace WsBalancer.Cli.Tests.Help;

public sealed partial class ManPageTests
{
    [Fact]
    public async Task Man_DescribesEveryCommandAndOption()
    {
        var page = (await CommandRun.OfAsync("man")).Output.Replace("\\-", "-", StringComparison.Ordinal);

        var sections = page.Split(".SH ");
        var common = Assert.Single(
            sections, section => section.StartsWith("OPTIONS OF EVERY", StringComparison.Ordinal));
        var commands = Assert.Single(
            sections, section => section.StartsWith("COMMANDS\n", StringComparison.Ordinal)).Split(".SS ");
        foreach (var (path, command) in Commands(CommandTree.Create(TimeProvider.System), "wsbalancer"))
        {
            var heading = string.Join(' ', [path, .. command.Arguments.Select(NameOf)]);
            var own = Assert.Single(commands, part => part.StartsWith($"{heading}\n", StringComparison.Ordinal));
            Assert.All(command.Options.Where(option => !option.Hidden), option => Assert.Matches(
                $@"(?m)^\.B {Regex.Escape(option.Name)}(?![\w-])",
                AdminOptions.All.Contains(option) ? common : own));
        }

        Assert.Equal(
            [
                "NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS",
                "OPTIONS OF EVERY COMMAND THAT CALLS A BALANCER", "ENVIRONMENT", "FILES", "EXIT STATUS", "EXAMPLES",
            ],
            Section().Matches(page).Select(section => section.Groups["title"].Value));
    }

    [Fact]
    public async Task Man_IsAsciiThatTroffReadsAsText()
    {
        var page = (await CommandRun.OfAsync("man")).Output;

        Assert.All(
            page.Split('\n').Where(line => line is ['.' or '\'', ..]),
            line => Assert.Matches(Macro(), line));
        Assert.All(page.Split('\\').Skip(1), after => Assert.Contains(after[0], "-e&[("));
        Assert.All(page, letter => Assert.InRange(letter, '\n', '~'));
    }

    private static string NameOf(Argument argument) =>
        argument.Arity.MinimumNumberOfValues > 0
            ? argument.HelpName ?? argument.Name
            : $"[{argument.HelpName ?? argument.Name}]";

    private static IEnumerable<(string Path, Command Command)> Commands(Command parent, string path) =>
        from command in parent.Subcommands
        where !command.Hidden
        let own = $"{path} {command.Name}"
        from one in Commands(command, own).Prepend((own, command))
        select one;

    [GeneratedRegex(@"^\.SH (?<title>.+)$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Section();

    [GeneratedRegex(@"^\.(TH|SH|SS|TP|PP|B|I|nf|fi)( |$)", RegexOptions.CultureInvariant)]
    private static partial Regex Macro();
}
