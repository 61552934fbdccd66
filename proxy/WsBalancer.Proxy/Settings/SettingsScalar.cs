using System.Collections;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using System.Reflection;
using System.Runtime.Serialization;

namespace WsBalancer.Proxy.Settings;

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
        _ when type == typeof(ByteSize) => ByteSize.TryParse(text, out var size) ? size : null,
        _ when type == typeof(Uri) => ParseUri(text),
        _ when type == typeof(IPAddress) => ParseAddress(text),
        { IsEnum: true } => ParseName(type, text),
        _ => throw new NotSupportedException($"A setting cannot be a {type}."),
    };

    /// <summary>The description of a value of the type in an error message.</summary>
    public static string Describe(Type type) => type switch
    {
        _ when type == typeof(string) => "a text",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(int) || type == typeof(long) => "a whole number",
        _ when type == typeof(double) => "a number",
        _ when type == typeof(TimeSpan) => DurationText.Expected,
        _ when type == typeof(ByteSize) => ByteSize.Expected,
        _ when type == typeof(Uri) => "an absolute URL such as http://127.0.0.1:8080",
        _ when type == typeof(IPAddress) => "an address such as 10.1.2.3 or fd00::1",
        { IsEnum: true } => $"one of {string.Join(", ", Enum.GetNames(type).Select(name => NameOf(type, name)))}",
        _ => throw new NotSupportedException($"A setting cannot be a {type}."),
    };

    /// <summary>Writes a value in the syntax of the file; null for null, an empty text or a list.</summary>
    public static string? Format(object? value) => value switch
    {
        null or "" or (IEnumerable and not string) => null,
        bool claim => claim ? "true" : "false",
        TimeSpan duration => DurationText.Format(duration),
        Enum name => NameOf(name.GetType(), name.ToString()),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    /// <summary>Whether a class is a single value rather than a section.</summary>
    public static bool IsClassOfValues(Type type) =>
        type == typeof(string) || type == typeof(Uri) || type == typeof(IPAddress);

    private static T? ParseNumber<T>(string text, NumberStyles style)
        where T : struct, INumberBase<T> =>
        T.TryParse(text, style, CultureInfo.InvariantCulture, out var number) && T.IsFinite(number) ? number : null;

    // Without the check a bare path would count as the URL of a file.
    private static Uri? ParseUri(string text) =>
        (text.Contains("://", StringComparison.Ordinal) || text.StartsWith("unix:/", StringComparison.Ordinal))
        && Uri.TryCreate(text, UriKind.Absolute, out var uri)
            ? uri
            : null;

    // The platform also takes short forms of IPv4 (10.1, 1, 0x7f.0.0.1), and IPv6 in brackets with a port.
    private static IPAddress? ParseAddress(string text) =>
        IPAddress.TryParse(text, out var address)
        && (address.AddressFamily == AddressFamily.InterNetwork
            ? address.ToString() == text
            : !text.AsSpan().ContainsAny("[]"))
            ? address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address
            : null;

    // Enum.TryParse would also take numbers, and names joined by commas.
    private static object? ParseName(Type type, string text)
    {
        var name = Array.Find(
            Enum.GetNames(type), name => NameOf(type, name).Equals(text, StringComparison.OrdinalIgnoreCase));
        return name is null ? null : Enum.Parse(type, name);
    }

    // A name in the file that differs from the name in C#, such as io_uring, is in an attribute.
    private static string NameOf(Type type, string name) =>
        type.GetField(name)?.GetCustomAttribute<EnumMemberAttribute>()?.Value ?? name;
}
