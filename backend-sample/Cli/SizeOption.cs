using System.CommandLine;
using System.Globalization;

namespace WsBalancer.BackendSample.Cli;

/// <summary>An option such as <c>4096</c>, <c>64KiB</c> or <c>17MiB</c>, within bounds.</summary>
internal static class SizeOption
{
    private const int KiB = 1024;
    private const int MiB = 1024 * KiB;

    /// <summary>The bounds of every size: below, nothing works; above, one array of .NET does not hold it.</summary>
    private const int Least = KiB;
    private const int Most = 256 * MiB;

    public static Option<int?> Create(string name, string description, int normally) => new(name)
    {
        // The default stands in the text: the library would show it in bytes.
        Description = $"{description} [default: {normally / MiB}MiB]",
        HelpName = "SIZE",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (Parse(text) is { } value and >= Least and <= Most)
            {
                return (int)value;
            }

            result.AddError($"{name}: '{text}' is not a size from 1KiB to 256MiB; write it as 4096, 64KiB or 17MiB.");
            return null;
        },
    };

    private static long? Parse(string text)
    {
        var (digits, unit) = text switch
        {
            [.. var number, 'K', 'i', 'B'] => (number, KiB),
            [.. var number, 'M', 'i', 'B'] => (number, MiB),
            _ => (text, 1),
        };
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? (long)value * unit
            : null;
    }
}
