using System.Globalization;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Checking;

/// <summary>
/// Shapes of single values, in the syntax of the platform's readers; durations have the syntax of the balancer's
/// settings.
/// </summary>
internal static class Scalar
{
    /// <summary>The shape of a type; null if its values are lists or sections.</summary>
    public static ValueShape? Find(Type type) => type switch
    {
        _ when type == typeof(string) => ValueShape.Text,
        _ when type == typeof(bool) => new("true or false", static text => bool.TryParse(text, out _)),
        _ when type == typeof(int) => new("a whole number", static text =>
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)),
        _ when type == typeof(long) => new("a whole number", static text =>
            long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)),
        _ when type == typeof(TimeSpan) => new(
            DurationText.Expected,
            static text => Duration(text) is not null,
            static text => Duration(text)?.ToString("c", CultureInfo.InvariantCulture) ?? text),
        _ when type == typeof(Version) => new("an HTTP version: 1.0, 1.1, 2 or 3", static text =>
            text is "" or "1" or "1.0" or "1.1" or "2" or "2.0" or "3" or "3.0"),
        _ when type == typeof(Uri) => new("an absolute URL such as http://127.0.0.1:8080", static text =>
            Uri.TryCreate(text, UriKind.Absolute, out _)),
        { IsEnum: true } => new(
            $"one of {string.Join(", ", Enum.GetNames(type))}",
            text => Enum.GetNames(type).Contains(text, StringComparer.OrdinalIgnoreCase)),
        _ => null,
    };

    /// <summary>The shape of a type whose values are neither lists nor sections.</summary>
    public static ValueShape Of(Type type) =>
        Find(type) ?? throw new NotSupportedException($"{type} is not a single value.");

    // Some keys of YARP accept a negative duration, in the platform's syntax, which means none.
    private static TimeSpan? Duration(string text) => DurationText.TryParse(text, out var duration)
        || (text.StartsWith('-') && DurationText.TryParse(text[1..], out _)
            && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out duration))
        ? duration
        : null;
}
