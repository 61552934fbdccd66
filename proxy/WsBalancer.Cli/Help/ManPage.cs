using System.CommandLine;
using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Commands;

namespace WsBalancer.Cli.Help;

/// <summary>Writes a manual page in the macros of man(7).</summary>
internal sealed class ManPage(TextWriter output)
{
    private static readonly (string Name, string Meaning)[] Environment =
    [
        ("WSBALANCER_ADMIN", "The balancer's admin address, as --admin takes it."),
        ("WSBALANCER_TOKEN", "The admin token, as --token takes it."),
        ("WSBALANCER__KEY", "Overrides a key of the configuration, with two underscores between its parts: "
            + "WSBALANCER__WsBalancer__Admin__Url."),
        ("NO_COLOR", "Leaves colours out if it is set."),
    ];

    public void Write(RootCommand root, ManText text)
    {
        var program = Product.Name;
        output.WriteLine($".TH {program.ToUpperInvariant()} 1");
        Section("NAME");
        Text($"{program} - balances WebSockets over a fleet of nodes");
        Section("SYNOPSIS");
        output.WriteLine($".B {program}");
        output.WriteLine(".I COMMAND");
        output.WriteLine("[options]");
        Section("DESCRIPTION");
        Text(text.Summary);
        Section("COMMANDS");
        foreach (var command in root.Subcommands.Where(one => !one.Hidden))
        {
            Describe(command, program);
        }

        Section("OPTIONS");
        Describe(root.Options);
        Section("OPTIONS OF EVERY COMMAND THAT CALLS A BALANCER");
        Describe(AdminOptions.All);
        Section("ENVIRONMENT");
        foreach (var (name, meaning) in Environment)
        {
            Item(name, meaning);
        }

        Section("FILES");
        Item("/etc/wsbalancer/wsbalancer.json", $"The configuration of '{program} run' and '{program} check' that name "
            + "no other.");
        Section("EXIT STATUS");
        Text(text.ExitCodes);
        Section("EXAMPLES");
        AsWritten(text.Examples.Split('\n'));
    }

    private void Describe(Command command, string parent)
    {
        var path = $"{parent} {command.Name}";
        var arguments = command.Arguments.Where(one => !one.Hidden).Select(
            one => one.Arity.MinimumNumberOfValues > 0 ? NameOf(one) : $"[{NameOf(one)}]");
        output.WriteLine($".SS {Escaped(string.Join(' ', [path, .. arguments]))}");
        Text($"{command.Description}.");
        foreach (var argument in command.Arguments.Where(one => !one.Hidden))
        {
            Item(NameOf(argument), argument.Description ?? "");
        }

        Describe(command.Options.Except(AdminOptions.All));
        if (command is OperatorCommand { Examples: { Count: > 0 } examples })
        {
            Text("For example:");
            AsWritten(examples.Select(example => $"{Product.Name} {example}"));
        }

        foreach (var step in command.Subcommands.Where(one => !one.Hidden))
        {
            Describe(step, path);
        }
    }

    private void Describe(IEnumerable<Option> options)
    {
        foreach (var option in options.Where(one => !one.Hidden))
        {
            var isSwitch = option.ValueType == typeof(bool) || option.Arity.MaximumNumberOfValues is 0;
            var value = isSwitch ? "" : $" {option.HelpName ?? "VALUE"}";
            var names = option.Aliases.Prepend(option.Name).Where(name => name[0] is '-');
            Item($"{string.Join(", ", names)}{value}", option.Description ?? "");
        }
    }

    private static string NameOf(Argument argument) => argument.HelpName ?? argument.Name;

    private void Section(string title) => output.WriteLine($".SH {Escaped(title)}");

    private void Item(string name, string meaning)
    {
        output.WriteLine(".TP");
        output.WriteLine($".B {Escaped(name)}");
        Lines(meaning.Split('\n'));
    }

    private void Text(string text)
    {
        output.WriteLine(".PP");
        Lines(text.Split('\n'));
    }

    private void AsWritten(IEnumerable<string> lines)
    {
        output.WriteLine(".PP");
        output.WriteLine(".nf");
        Lines(lines);
        output.WriteLine(".fi");
    }

    private void Lines(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            output.WriteLine(Escaped(line));
        }
    }

    // A backslash begins an escape, troff writes a hyphen and a quote as other characters, a character beyond ASCII is
    // written as its code point, and a line with a dot at its beginning is a request.
    private static string Escaped(string text)
    {
        var escaped = string.Concat(text.EnumerateRunes().Select(static rune => rune.Value switch
        {
            '\\' => "\\e",
            '-' => "\\-",
            '\'' => "\\(aq",
            > 126 => $"\\[u{rune.Value:X4}]",
            _ => rune.ToString(),
        }));
        return escaped is ['.', ..] ? $"\\&{escaped}" : escaped;
    }
}

/// <summary>The texts of the manual page that do not describe a command; they are also in the program's help.</summary>
/// <param name="Summary">The purpose of the program, in one sentence.</param>
/// <param name="Examples">Command lines, one a line.</param>
/// <param name="ExitCodes">The meaning of the exit codes.</param>
internal sealed record ManText(string Summary, string Examples, string ExitCodes);
