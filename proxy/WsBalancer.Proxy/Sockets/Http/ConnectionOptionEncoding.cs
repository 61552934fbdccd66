using System.Text;

namespace WsBalancer.Proxy.Sockets.Http;

/// <summary>
/// Reads the Connection header of a request in such a way that the server keeps what it does not know of it.
/// </summary>
/// <remarks>
/// Kestrel puts <c>Upgrade</c>, <c>keep-alive</c> or <c>close</c> in the place of a whole Connection header that has
/// that option and no other that it knows, so that the fields named beside it cannot be removed. Beside two options
/// that it knows it keeps all, and <c>keep-alive</c> changes nothing beside the others: an HTTP/1.1 connection is kept
/// anyway, and <c>close</c> prevails. So that option is added to the others, and left out where it stands alone among
/// unknown ones. A tab, which Kestrel takes for part of an option, is read as a blank.
/// </remarks>
internal sealed class ConnectionOptionEncoding : Encoding
{
    public static readonly ConnectionOptionEncoding Instance = new();

    /// <summary>What a header is read as that is just <c>Upgrade</c>, as in nearly every handshake.</summary>
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

    // The platform decodes through these; by default they copy what they are given twice.
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
