using System.Globalization;

namespace WsBalancer.Cli.Arguments;

/// <summary>
/// A part of the users: <c>10%</c>, or a fraction with a decimal point, <c>0.1</c>. A number with neither is refused,
/// since it could mean both.
/// </summary>
internal static class ShareText
{
    public const string Expected = "a part of the users from 0% to 100%, such as 10% or 0.1";

    public static double? Parse(string text)
    {
        var isPercent = text.EndsWith('%');
        var number = isPercent ? text[..^1] : text;
        return (isPercent || text.Contains('.', StringComparison.Ordinal))
            && decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && (isPercent ? value / 100 : value) is var share and >= 0 and <= 1
            ? (double)share
            : null;
    }
}
