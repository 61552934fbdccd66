using System.Text;

namespace WsBalancer.Proxy.Identity;

/// <summary>The user id of a request: a text, missing (null), or too long.</summary>
internal readonly record struct UserId(string? Value, bool TooLong)
{
    /// <summary>How many bytes of UTF-8 an id may have.</summary>
    public const int MaxBytes = 1024;

    /// <summary>The id that a source has found; an empty text is a missing id.</summary>
    public static UserId Of(string? value) => value is not { Length: > 0 }
        ? default
        : IsTooLong(value) ? new UserId(null, TooLong: true) : new UserId(value, TooLong: false);

    private static bool IsTooLong(string value) => value.Length > MaxBytes
        || (value.Length > MaxBytes / 3 && Encoding.UTF8.GetByteCount(value) > MaxBytes);
}
