using System.Buffers;
using System.Globalization;

namespace WsBalancer.LoadTest.Values;

/// <summary>
/// Parses lengths of time: <c>500ms</c>, <c>30s</c>, <c>5m</c>, <c>1h</c>. The unit is never guessed.
/// </summary>
internal static class Duration
{
    public const string Expected = "a time with its unit, such as 500ms, 30s, 5m or 1h";

    // Longer than any test, but short enough that sums of times cannot overflow.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    public static bool TryParse(string text, out TimeSpan span)
    {
        span = default;
        var digits = text.AsSpan().IndexOfAnyExcept(Digits);
        if (digits <= 0
            || !double.TryParse(
                text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count))
        {
            return false;
        }

        var milliseconds = count * MillisecondsIn(text[digits..]);
        if (double.IsNaN(milliseconds) || milliseconds > Longest.TotalMilliseconds)
        {
            return false;
        }

        span = TimeSpan.FromMilliseconds(milliseconds);
        return true;
    }

    private static double MillisecondsIn(string unit) => unit switch
    {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => double.NaN,
    };
}
