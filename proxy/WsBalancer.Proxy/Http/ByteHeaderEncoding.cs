using System.Buffers;
using System.Text;

namespace WsBalancer.Proxy.Http;

/// <summary>
/// Decodes header values as text with one character for each byte, so that every value is forwarded unchanged: control
/// characters, Latin-1, UTF-8 and any other bytes.
/// </summary>
/// <remarks>
/// <para>A byte is decoded as the character of the same number, except a control character, which is decoded as one of
/// U+E000 to U+E0FF (a mark): the server rejects control characters in the headers of a response, and no others.</para>
/// <para>Text with any other character above U+00FF was not decoded by this encoding. Such text is written as UTF-8, in
/// which no byte of such a character is a line break. Text with the mark of a line break or NUL is written as UTF-8,
/// too.</para>
/// </remarks>
internal sealed class ByteHeaderEncoding : Encoding
{
    public static readonly ByteHeaderEncoding Instance = new();

    private const char FirstMark = '\uE000';

    private static readonly SearchValues<byte> Controls = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Where(static value => value != '\t').Select(static value => (byte)value), 0x7F]);

    private ByteHeaderEncoding()
    {
    }

    /// <summary>The text of a value.</summary>
    public static string TextOf(ReadOnlySpan<byte> value) =>
        value.ContainsAny(Controls) ? Instance.GetString(value) : Latin1.GetString(value);

    public override int GetByteCount(string s) => GetByteCount(s.AsSpan());

    public override int GetByteCount(char[] chars, int index, int count) => GetByteCount(chars.AsSpan(index, count));

    public override int GetByteCount(ReadOnlySpan<char> chars) =>
        IsBytes(chars) ? chars.Length : UTF8.GetByteCount(chars);

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        GetBytes(chars.AsSpan(charIndex, charCount), bytes.AsSpan(byteIndex));

    public override int GetBytes(ReadOnlySpan<char> chars, Span<byte> bytes)
    {
        if (!chars.ContainsAnyExceptInRange('\0', '\u00FF'))
        {
            return Latin1.GetBytes(chars, bytes);
        }

        if (!IsBytes(chars))
        {
            return UTF8.GetBytes(chars, bytes);
        }

        for (var i = 0; i < chars.Length; i++)
        {
            bytes[i] = (byte)chars[i];
        }

        return chars.Length;
    }

    public override int GetCharCount(byte[] bytes, int index, int count) => count;

    public override int GetCharCount(ReadOnlySpan<byte> bytes) => bytes.Length;

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) =>
        GetChars(bytes.AsSpan(byteIndex, byteCount), chars.AsSpan(charIndex));

    public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        var length = Latin1.GetChars(bytes, chars);
        if (bytes.ContainsAny(Controls))
        {
            for (var i = 0; i < length; i++)
            {
                chars[i] = Controls.Contains(bytes[i]) ? (char)(FirstMark + bytes[i]) : chars[i];
            }
        }

        return length;
    }

    // The platform decodes with these overloads, whose defaults copy the bytes twice.
    public override unsafe int GetCharCount(byte* bytes, int count) => count;

    public override unsafe int GetChars(byte* bytes, int byteCount, char* chars, int charCount) =>
        GetChars(new ReadOnlySpan<byte>(bytes, byteCount), new Span<char>(chars, charCount));

    public override int GetMaxByteCount(int charCount) => UTF8.GetMaxByteCount(charCount);

    public override int GetMaxCharCount(int byteCount) => byteCount;

    private static bool IsBytes(ReadOnlySpan<char> chars)
    {
        foreach (var character in chars)
        {
            if (character > '\u00FF' && !IsMark(character))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsMark(char character) =>
        character is >= FirstMark and <= '\uE0FF'
        && (byte)character is not ((byte)'\r' or (byte)'\n' or 0)
        && Controls.Contains((byte)character);
}
