using System.Text;

namespace WsBalancer.Proxy.Http;

/// <summary>
/// Decodes the Connection header of a request so that the server keeps its unknown options.
/// </summary>
/// <remarks>
/// Kestrel replaces a Connection header with exactly one of <c>Upgrade</c>, <c>keep-alive</c> and <c>close</c> by that
/// option, so that the other headers named in it cannot be removed. Kestrel keeps a header with two of these options.
/// Together with another one, <c>keep-alive</c> has no effect: an HTTP/1.1 connection is persistent anyway, and
/// <c>close</c> has precedence. So <c>keep-alive</c> is added to the other two, and removed if all other options are
/// unknown. A tab, which Kestrel reads as part of an option, is decoded as a blank.
/// </remarks>
internal sealed class ConnectionOptionEncoding : Encoding
{
    public static readonly ConnectionOptionEncoding Instance = new();

    /// <summary>The decoded value of a header that is <c>Upgrade</c>, as in nearly every handshake.</summary>
    public const string JustUpgrade = "Upgrade, keep-alive";

    private const string KeepAlive = "keep-alive";

    private ConnectionOptionEncoding()
        : base(Latin1.CodePage)
    {
    }

    public override int GetByteCount(char[] chars, int index, int count) => count;

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        Latin1.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

    public override int GetCharCount(byte[] bytes, int index, int count) => TextOf(bytes.AsSpan(index, count)).Length;

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex)
    {
        var text = TextOf(bytes.AsSpan(byteIndex, byteCount));
        text.CopyTo(chars.AsSpan(charIndex));
        return text.Length;
    }

    // The platform decodes with these overloads, whose defaults copy the bytes twice.
    public override unsafe int GetCharCount(byte* bytes, int count) =>
        TextOf(new ReadOnlySpan<byte>(bytes, count)).Length;

    public override unsafe int GetChars(byte* bytes, int byteCount, char* chars, int charCount)
    {
        var text = TextOf(new ReadOnlySpan<byte>(bytes, byteCount));
        text.CopyTo(new Span<char>(chars, charCount));
        return text.Length;
    }

    public override int GetMaxByteCount(int charCount) => charCount;

    public override int GetMaxCharCount(int byteCount) => byteCount + KeepAlive.Length + 2;

    private static string TextOf(ReadOnlySpan<byte> value)
    {
        if (value.SequenceEqual("Upgrade"u8))
        {
            return JustUpgrade;
        }

        if (value.SequenceEqual("keep-alive"u8))
        {
            return KeepAlive;
        }

        var text = Latin1.GetString(value).Replace('\t', ' ');
        var options = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var isKept = options.Contains(KeepAlive, StringComparer.OrdinalIgnoreCase);
        if (options.Contains("Upgrade", StringComparer.OrdinalIgnoreCase)
            || options.Contains("close", StringComparer.OrdinalIgnoreCase))
        {
            return isKept ? text : $"{text}, {KeepAlive}";
        }

        return isKept && options.Length > 1
            ? string.Join(", ", options.Where(option => !option.Equals(KeepAlive, StringComparison.OrdinalIgnoreCase)))
            : text;
    }
}
