using System.Globalization;

namespace WsBalancer.LoadTest.Values;

/// <summary>
/// Events for each unit of time: <c>100/s</c>, <c>6000/m</c>, <c>3600/h</c>; a plain number is per second.
/// </summary>
internal readonly record struct Rate(double PerSecond)
{
    public const string Expected = "a rate above 0 and up to 1000000/s, such as 100/s, 6000/m or 250";

    // Far above what one process can send; a typing error cannot start a run without an end.
    private const double MaxPerSecond = 1_000_000;

    public static bool TryParse(string text, out Rate rate)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var number = slash < 0 ? text : text[..slash];
        var unitSeconds = slash < 0 ? 1 : SecondsIn(text[(slash + 1)..]);

        rate = default;
        if (unitSeconds == 0
            || !double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count))
        {
            return false;
        }

        rate = new Rate(count / unitSeconds);
        return rate.PerSecond is > 0 and <= MaxPerSecond;
    }

    public override string ToString() => PerSecond.ToString("0.###", CultureInfo.InvariantCulture) + "/s";

    private static int SecondsIn(string unit) => unit switch
    {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => 0,
    };
}
