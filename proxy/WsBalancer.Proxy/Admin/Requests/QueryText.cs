using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using WsBalancer.Proxy.Identity;

namespace WsBalancer.Proxy.Admin.Requests;

/// <summary>Parses values of the query string and of headers.</summary>
/// <remarks>
/// Every method throws <see cref="BadHttpRequestException"/> for a wrong value; the message names what was expected.
/// </remarks>
internal static class QueryText
{
    public const string ExpectedFlag = "true or false";
    public const string ExpectedAge = "a number of seconds, 0 or more";

    /// <summary>A switch; false if it is missing.</summary>
    public static bool Flag(string name, string? text) => text switch
    {
        null or "false" => false,
        "true" => true,
        _ => throw Wrong(name, text, ExpectedFlag),
    };

    /// <summary>A whole number; null if it is missing.</summary>
    public static int? Whole(string name, string? text, Func<int, bool> isRight, string expected)
    {
        if (text is null)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && isRight(value)
            ? value
            : throw Wrong(name, text, expected);
    }

    /// <summary>A number; null if it is missing.</summary>
    public static double? Number(string name, string? text, Func<double, bool> isRight, string expected)
    {
        if (text is null)
        {
            return null;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && isRight(value)
            ? value
            : throw Wrong(name, text, expected);
    }

    /// <summary>An age in seconds; null if it is missing.</summary>
    public static double? Age(string name, string? text) =>
        Number(name, text, seconds => seconds >= 0 && double.IsFinite(seconds), ExpectedAge);

    /// <summary>A user id, which is required.</summary>
    public static string User(string? text) => text switch
    {
        null or "" => throw new BadHttpRequestException(
            $"'user' is missing: expected 1 to {UserId.MaxBytes} bytes."),
        _ when Encoding.UTF8.GetByteCount(text) > UserId.MaxBytes => throw new BadHttpRequestException(
            $"'user' is too long: expected 1 to {UserId.MaxBytes} bytes."),
        _ => text,
    };

    public static BadHttpRequestException Wrong(string name, string text, string expected) =>
        new($"'{name}' is '{text}': expected {expected}.");
}
