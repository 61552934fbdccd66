using System.Buffers;
using System.Globalization;

namespace WsBalancer.LoadTest.Values;

/// <summary>
/// Parses sizes: <c>64</c> or <c>64B</c>; <c>KB</c> and <c>MB</c> are powers of 1000, <c>KiB</c> and <c>MiB</c> of
/// 1024.
/// </summary>
internal static class ByteSize
{
    public const string Expected = "a size up to 16MiB, such as 64, 512B, 1KB (1000 bytes) or 1KiB (1024 bytes)";

    /// <summary>The largest message: one message is held in memory for each connection that is sending.</summary>
    public const int Max = 16 * 1024 * 1024;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789");

    public static bool TryParse(string text, out int bytes)
    {
        var digits = text.AsSpan().IndexOfAnyExcept(Digits);
        var number = digits < 0 ? text : text[..digits];
        var unit = digits < 0 ? 1 : BytesIn(text[digits..]);

        bytes = 0;
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || unit == 0
            || count > Max / unit)
        {
            return false;
        }

        bytes = (int)(count * unit);
        return true;
    }

    private static int BytesIn(string unit) => unit switch
    {
        "B" => 1,
        "KB" => 1_000,
        "KiB" => 1_024,
        "MB" => 1_000_000,
        "MiB" => 1_048_576,
        _ => 0,
    };
}
