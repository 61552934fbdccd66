using System.Text;
using WsBalancer.Proxy.Http;

namespace WsBalancer.Proxy.Tests.Http;

public sealed class HeaderBytesTests
{
    private static readonly byte[] All = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];

    [Fact]
    public void AnyByteButALineBreakOrNul_IsTheSameAfterReadingAndWriting()
    {
        byte[] passing = [.. All.Where(value => value is not ((byte)'\r' or (byte)'\n' or 0))];

        var text = ByteHeaderEncoding.Instance.GetString(passing);

        Assert.Equal(passing.Length, text.Length);
        Assert.DoesNotContain(text, character => char.IsControl(character) && character is < '\x80' and not '\t');
        Assert.Equal(passing, ByteHeaderEncoding.Instance.GetBytes(text));
        Assert.Equal(passing.Length, ByteHeaderEncoding.Instance.GetByteCount(text));
    }

    // A character whose low byte is CR or LF must not be written as that byte: the response would be split.
    [Theory]
    [InlineData("\u010D\u010Aa")]
    [InlineData("\uE00D\uE00A\uE000")]
    [InlineData("é王")]
    [InlineData("\uE041")]
    public void TextThatWasNotReadFromBytes_IsUtf8(string text)
    {
        Assert.Equal(Encoding.UTF8.GetBytes(text), ByteHeaderEncoding.Instance.GetBytes(text));
        Assert.Equal(Encoding.UTF8.GetByteCount(text), ByteHeaderEncoding.Instance.GetByteCount(text));
    }

    [Fact]
    public void Pieces_AreWrittenAsTheWhole()
    {
        var text = ByteHeaderEncoding.Instance.GetString([.. All.Where(value => value is not (10 or 13 or 0))]);
        var encoder = ByteHeaderEncoding.Instance.GetEncoder();
        var bytes = new byte[text.Length];
        var (chars, written) = (0, 0);
        while (chars < text.Length)
        {
            encoder.Convert(
                text.AsSpan(chars),
                bytes.AsSpan(written, Math.Min(7, bytes.Length - written)),
                flush: false,
                out var used,
                out var given,
                out _);
            (chars, written) = (chars + used, written + given);
        }

        Assert.Equal(ByteHeaderEncoding.Instance.GetBytes(text), bytes);
    }

    [Theory]
    [InlineData("alice", "alice")]
    [InlineData("Ã©", "é")]
    [InlineData("\u00E9", "\u00E9")]
    public void TextOf_IsTheUtf8ThatTheBytesAre_OrTheBytes(string value, string expected)
    {
        Assert.Equal(expected, new HeaderEncoding(_ => Encoding.Latin1).TextOf("X-User", value));
        Assert.Equal(value, new HeaderEncoding(_ => null).TextOf("X-User", value));
    }
}
