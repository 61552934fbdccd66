using System.Globalization;

namespace WsBalancer.Proxy.Settings;

/// <summary>Durations as people write them: <c>500ms</c>, <c>10s</c>, <c>5m</c>, <c>1h</c>, <c>1d</c> or
/// <c>hh:mm:ss</c>.</summary>
internal static class DurationText
{
    /// <summary>The description of a duration in an error message.</summary>
    public const string Expected = "a duration such as 500ms, 10s, 5m, 1h or 00:00:10";

    // Largest first: Format uses the first unit that divides the duration.
    private static readonly (string Suffix, long Ticks)[] Units =
    [
        ("d", TimeSpan.TicksPerDay),
        ("h", TimeSpan.TicksPerHour),
        ("m", TimeSpan.TicksPerMinute),
        ("s", TimeSpan.TicksPerSecond),
        ("ms", TimeSpan.TicksPerMillisecond),
    ];

    /// <summary>Reads a duration, never a negative one. A bare number is refused: its unit would be a guess.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        var suffixLength = text.Length - (text.AsSpan().LastIndexOfAnyInRange('0', '9') + 1);
        foreach (var (suffix, ticks) in Units)
        {
            if (text.AsSpan(^suffixLength..).SequenceEqual(suffix))
            {
                return TryScale(text.AsSpan(..^suffixLength), ticks, out duration);
            }
        }

        // The format reads "10" as ten days and "10:00" as ten hours, neither of which is meant here.
        return TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out duration)
            && duration >= TimeSpan.Zero
            && text.Count(character => character == ':') == 2;
    }

    /// <summary>The shortest text without a fraction that <see cref="TryParse"/> reads back.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
        {
            return "0s";
        }

        foreach (var (suffix, ticks) in Units)
        {
            if (duration.Ticks % ticks == 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks / ticks}{suffix}");
            }
        }

        return duration.ToString("c", CultureInfo.InvariantCulture);
    }

    private static bool TryScale(ReadOnlySpan<char> number, long ticks, out TimeSpan duration)
    {
        duration = default;
        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            || value > TimeSpan.MaxValue.Ticks / ticks)
        {
            return false;
        }

        duration = new TimeSpan((long)(value * ticks));
        return true;
    }
}
