using System.Globalization;

namespace WsBalancer.Cli.Arguments;

/// <summary>A rate in tunnels a second: <c>100/s</c>, <c>100</c>, <c>0.5/s</c>, <c>0</c>.</summary>
internal static class RateText
{
    public const string Expected = "a number of tunnels a second such as 100/s, 100 or 0.5/s";

    // More than a balancer can have tunnels: the maximum is as good as no limit.
    private const double Max = 1_000_000;

    public static double? Parse(string text)
    {
        var number = text.EndsWith("/s", StringComparison.Ordinal) ? text[..^2] : text;
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate)
            && rate is >= 0 and <= Max
            ? rate
            : null;
    }

    /// <summary>A rate above 0.</summary>
    public static double? ParsePositive(string text) => Parse(text) is { } rate and > 0 ? rate : null;
}
