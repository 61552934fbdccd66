using System.CommandLine;
using System.Globalization;

namespace WsBalancer.BackendSample.Cli;

/// <summary>An option such as <c>500ms</c>, <c>30s</c> or <c>2m</c>, with a minimum and a maximum.</summary>
internal static class DurationOption
{
    public static Option<TimeSpan?> Create(
        string name, string description, TimeSpan normally, TimeSpan least, TimeSpan most, bool mayBeOff = false) =>
        new(name)
        {
            // The default is part of the text: the library would show it in a form that the option does not accept.
            Description = $"{description} [default: {Format(normally)}]",
            HelpName = mayBeOff ? "TIME|off" : "TIME",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (mayBeOff && text == "off")
                {
                    return Timeout.InfiniteTimeSpan;
                }

                if (Parse(text) is { } value && value >= least && value <= most)
                {
                    return value;
                }

                var alternative = mayBeOff ? ", or off" : "";
                result.AddError($"{name}: '{text}' is not a time from {Format(least)} to {Format(most)}{alternative}; "
                    + "write it as 500ms, 30s or 2m.");
                return null;
            },
        };

    private static TimeSpan? Parse(string text)
    {
        var digits = text.TrimEnd("smh".ToCharArray());
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        TimeSpan? unit = text[digits.Length..] switch
        {
            "ms" => TimeSpan.FromMilliseconds(1),
            "s" => TimeSpan.FromSeconds(1),
            "m" => TimeSpan.FromMinutes(1),
            "h" => TimeSpan.FromHours(1),
            _ => null,
        };

        // A number of hours may be longer than any TimeSpan.
        return unit is { Ticks: var ticks } && number <= TimeSpan.MaxValue.Ticks / ticks
            ? TimeSpan.FromTicks(number * ticks)
            : null;
    }

    private static string Format(TimeSpan value) => value switch
    {
        { Ticks: 0 } => "off",
        { TotalSeconds: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{value.TotalMilliseconds}ms"),
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{value.TotalSeconds}s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{value.TotalMinutes}m"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value.TotalHours}h"),
    };
}
