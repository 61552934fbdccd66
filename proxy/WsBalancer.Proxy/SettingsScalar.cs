using System.Collections;
using System.Globalization;
using System.Numerics;

namespace WsBalancer.Proxy;

/// <summary>The types a single setting may have: how each is read, written back and described.</summary>
internal static class SettingsScalar
{
    /// <summary>Reads a text as the type; null if it is not one.</summary>
    public static object? Parse(Type type, string text) => type switch
    {
        _ when type == typeof(string) => text,
        _ when type == typeof(bool) => bool.TryParse(text, out var claim) ? claim : null,
        _ when type == typeof(int) => ParseNumber<int>(text, NumberStyles.AllowLeadingSign),
        _ when type == typeof(long) => ParseNumber<long>(text, NumberStyles.AllowLeadingSign),
        _ when type == typeof(double) => text.EndsWith('%')
            ? ParseNumber<double>(text[..^1], NumberStyles.Float) / 100
            : ParseNumber<double>(text, NumberStyles.Float),
        _ when type == typeof(TimeSpan) => DurationText.TryParse(text, out var duration) ? duration : null,
        _ when type == typeof(Uri) => ParseUri(text),
        { IsEnum: true } => ParseName(type, text),
        _ => throw new NotSupportedException($"A setting cannot be a {type}."),
    };

    /// <summary>What an error message calls a value of the type.</summary>
    public static string Describe(Type type) => type switch
    {
        _ when type == typeof(string) => "a text",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(int) || type == typeof(long) => "a whole number",
        _ when type == typeof(double) => "a number",
        _ when type == typeof(TimeSpan) => DurationText.Expected,
        _ when type == typeof(Uri) => "an absolute URL such as http://127.0.0.1:8080",
        { IsEnum: true } => $"one of {string.Join(", ", Enum.GetNames(type))}",
        _ => throw new NotSupportedException($"A setting cannot be a {type}."),
    };

    /// <summary>Writes a value as it would stand in the file; null for what nobody would write there.</summary>
    public static string? Format(object? value) => value switch
    {
        null or "" or (IEnumerable and not string) => null,
        bool claim => claim ? "true" : "false",
        TimeSpan duration => DurationText.Format(duration),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    private static T? ParseNumber<T>(string text, NumberStyles style)
        where T : struct, INumberBase<T> =>
        T.TryParse(text, style, CultureInfo.InvariantCulture, out var number) && T.IsFinite(number) ? number : null;

    // Without the check a bare path would count as the URL of a file.
    private static Uri? ParseUri(string text) =>
        text.Contains("://", StringComparison.Ordinal) && Uri.TryCreate(text, UriKind.Absolute, out var uri)
            ? uri
            : null;

    // Enum.TryParse would also take numbers, and names joined by commas.
    private static object? ParseName(Type type, string text)
    {
        var name = Array.Find(Enum.GetNames(type), name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        return name is null ? null : Enum.Parse(type, name);
    }
}
