using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace WsBalancer.Cli.Admin;

/// <summary>
/// The header that names the caller in the events that a command causes. The header contains the name of the command
/// but not its arguments: a user id or a token may be among them.
/// </summary>
internal static class CallerHeader
{
    public const string Name = "X-WsBalancer-By";

    public static string Of(ParseResult parsed) => Of(CommandOf(parsed.CommandResult));

    public static string Of(string command)
    {
        (string Name, string Value)[] parts =
        [
            ("user", Environment.UserName),
            ("host", Environment.MachineName),
            ("pid", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)),
            ("command", command),
        ];
        return string.Join(
            "; ",
            parts.Where(part => part.Value.Length > 0)
                .Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value)}"));
    }

    private static string CommandOf(CommandResult result) =>
        result.Parent is CommandResult { Parent: not null } parent
            ? $"{CommandOf(parent)} {result.Command.Name}"
            : result.Command.Name;
}
