using System.Text;

namespace WsBalancer.Proxy.Http;

/// <summary>
/// Decodes headers that the server interprets more loosely, or more strictly, than the RFC. Decoding is the only step
/// before the server interprets a value.
/// </summary>
internal abstract class StrictHeaderEncoding : Encoding
{
    /// <summary>
    /// For <c>Content-Length</c>: digits only (RFC 9110 §8.6). Kestrel itself would accept a sign or blanks.
    /// </summary>
    public static readonly StrictHeaderEncoding Length = new LengthEncoding();

    /// <summary>
    /// For <c>Host</c>: a port may be empty (RFC 3986 §3.2.3). Its colon is removed, because Kestrel would reject it.
    /// </summary>
    public static readonly StrictHeaderEncoding Host = new HostEncoding();

    private StrictHeaderEncoding()
        : base(Latin1.CodePage)
    {
    }

    public override int GetByteCount(char[] chars, int index, int count) => count;

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        Latin1.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

    public override int GetCharCount(byte[] bytes, int index, int count) => PartOf(bytes.AsSpan(index, count)).Length;

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) =>
        Latin1.GetChars(PartOf(bytes.AsSpan(byteIndex, byteCount)), chars.AsSpan(charIndex));

    // The platform decodes with these overloads, whose defaults copy the bytes twice.
    public override unsafe int GetCharCount(byte* bytes, int count) =>
        PartOf(new ReadOnlySpan<byte>(bytes, count)).Length;

    public override unsafe int GetChars(byte* bytes, int byteCount, char* chars, int charCount) =>
        Latin1.GetChars(PartOf(new ReadOnlySpan<byte>(bytes, byteCount)), new Span<char>(chars, charCount));

    public override int GetMaxByteCount(int charCount) => charCount;

    public override int GetMaxCharCount(int byteCount) => Math.Max(byteCount, 1);

    /// <summary>The part of a value that is decoded.</summary>
    protected abstract ReadOnlySpan<byte> PartOf(ReadOnlySpan<byte> value);

    private sealed class LengthEncoding : StrictHeaderEncoding
    {
        // The number of digits of long.MaxValue, which is the server's limit.
        private const int MostDigits = 19;

        protected override ReadOnlySpan<byte> PartOf(ReadOnlySpan<byte> value) =>
            value.Length is > 0 and <= MostDigits && !value.ContainsAnyExceptInRange((byte)'0', (byte)'9')
                ? value
                : "no number"u8;
    }

    private sealed class HostEncoding : StrictHeaderEncoding
    {
        protected override ReadOnlySpan<byte> PartOf(ReadOnlySpan<byte> value) =>
            value is [.. var host, (byte)':'] && !host.IsEmpty ? host : value;
    }
}
