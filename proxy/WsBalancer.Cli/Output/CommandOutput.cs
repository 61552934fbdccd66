using System.CommandLine;
using Spectre.Console;

namespace WsBalancer.Cli.Output;

/// <summary>
/// Where a command writes: always as plain lines, and on a terminal also with tables, colours and live displays.
/// </summary>
internal sealed class CommandOutput(TextWriter writer, IAnsiConsole? terminal, ConfirmationPrompt? question = null)
{
    /// <summary>Whether a table has all its columns, even on a terminal that is too narrow for them.</summary>
    public bool IsWide { get; init; }

    /// <summary>Writes lines that are not wrapped, cut or coloured, with their control characters escaped.</summary>
    public TextWriter Writer { get; } = new VisibleWriter(writer);

    /// <summary>Writes text without a change: documents for a machine, and text that is escaped already.</summary>
    public TextWriter Exact { get; } = writer;

    /// <summary>Null if the output is a file, a pipe, or a terminal without escape sequences.</summary>
    public IAnsiConsole? Terminal { get; } = terminal;

    /// <summary>Null if no person can answer, because the input or the output is not a terminal.</summary>
    public ConfirmationPrompt? Confirmation { get; } = question;

    public static CommandOutput Of(
        InvocationConfiguration invocation, OutputForm form = OutputForm.Lines)
    {
        var isConsole = ReferenceEquals(invocation.Output, Console.Out) && !Console.IsOutputRedirected;
        return new CommandOutput(
            invocation.Output,
            isConsole && AnsiConsole.Profile.Capabilities.Ansi ? AnsiConsole.Console : null,
            isConsole && !Console.IsInputRedirected ? new ConfirmationPrompt(Console.In, invocation.Output) : null)
        {
            IsWide = form is OutputForm.Wide,
        };
    }
}
