using System.Globalization;

namespace WsBalancer.Proxy.Settings;

/// <summary>A number of bytes as people write it: <c>65536</c>, <c>256KB</c>, <c>1GB</c> (1 KB is 1,024 bytes).
/// </summary>
/// <param name="Bytes">The number, not negative.</param>
internal readonly record struct ByteSize(long Bytes) : IComparable<ByteSize>, IComparable
{
    /// <summary>The description of a size in an error message.</summary>
    public const string Expected = "a size such as 65536, 256KB or 1MB";

    // Largest first: ToString uses the first unit that divides the size.
    private static readonly (string Suffix, long Bytes)[] Units =
        [("GB", 1024 * 1024 * 1024), ("MB", 1024 * 1024), ("KB", 1024), ("", 1)];

    public static implicit operator ByteSize(long bytes) => new(bytes);

    /// <summary>Reads a size, never a negative one, and only a whole number of its unit.</summary>
    public static bool TryParse(string text, out ByteSize size)
    {
        size = default;
        var (suffix, unit) = Array.Find(Units, unit => text.EndsWith(unit.Suffix, StringComparison.Ordinal));
        var digits = text.AsSpan(..^suffix.Length);
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || count > long.MaxValue / unit)
        {
            return false;
        }

        size = count * unit;
        return true;
    }

    public int CompareTo(ByteSize other) => Bytes.CompareTo(other.Bytes);

    int IComparable.CompareTo(object? obj) => obj is null ? 1 : CompareTo((ByteSize)obj);

    /// <summary>The shortest text without a fraction that <see cref="TryParse"/> reads back.</summary>
    public override string ToString()
    {
        var bytes = Bytes;
        var (suffix, unit) = Array.Find(Units, unit => bytes % unit.Bytes == 0);
        return bytes == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{bytes / unit}{suffix}");
    }
}
