using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace WsBalancer.BackendSample.Cli;

/// <summary>An option such as <c>4096</c>, <c>64KiB</c> or <c>17MiB</c>, with a minimum and a maximum.</summary>
internal static class SizeOption
{
    private const long KiB = 1024;
    private const long MiB = 1024 * KiB;
    private const long GiB = 1024 * MiB;

    /// <summary>The minimum of every size: the node does not work with less.</summary>
    private const long Min = KiB;

    /// <summary>The maximum for one message or one queue. One .NET array must be able to hold it.</summary>
    private const long MaxOfOne = 256 * MiB;

    /// <summary>The maximum for the messages of all connections together.</summary>
    private const long MaxOfAll = 1024 * GiB;

    /// <summary>The size of one thing, such as a message.</summary>
    public static Option<long?> OfOne(string name, string description, long normally, long most = MaxOfOne) =>
        Create(name, description, normally, most);

    /// <summary>The size of all things together.</summary>
    public static Option<long?> OfAll(string name, string description, long normally) =>
        Create(name, description, normally, MaxOfAll);

    /// <summary>
    /// The size on the command line, for a check that needs several options; an invalid size is reported separately.
    /// </summary>
    /// <returns>Null if the option is absent or invalid.</returns>
    public static long? Find(CommandResult command, Option<long?> option) =>
        command.GetResult(option) is { Tokens: [var token] } ? Parse(token.Value) : null;

    private static Option<long?> Create(string name, string description, long normally, long most) => new(name)
    {
        // The default is part of the text: the library would show it in bytes.
        Description = $"{description} [default: {Format(normally)}]",
        HelpName = "SIZE",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (Parse(text) is { } value && value >= Min && value <= most)
            {
                return value;
            }

            result.AddError($"{name}: '{text}' is not a size from {Format(Min)} to {Format(most)}; "
                + "write it as 4096, 64KiB or 17MiB.");
            return null;
        },
    };

    private static long? Parse(string text)
    {
        var (digits, unit) = text switch
        {
            [.. var number, 'K', 'i', 'B'] => (number, KiB),
            [.. var number, 'M', 'i', 'B'] => (number, MiB),
            [.. var number, 'G', 'i', 'B'] => (number, GiB),
            _ => (text, 1),
        };
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value * unit
            : null;
    }

    private static string Format(long size) => size switch
    {
        >= GiB => string.Create(CultureInfo.InvariantCulture, $"{size / GiB}GiB"),
        >= MiB => string.Create(CultureInfo.InvariantCulture, $"{size / MiB}MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{size / KiB}KiB"),
    };
}
