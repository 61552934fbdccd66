using System.Buffers;
using System.Net;
using System.Text;
using WsBalancer.Proxy.Http;

namespace WsBalancer.Proxy.Placement.Http;

/// <summary>Reads the head of an HTTP/1 response, with the same tolerance as the platform's HTTP client.</summary>
internal static class ResponseHead
{
    // The positions of the status in "HTTP/1.1 200". A space and the reason phrase may follow.
    private const int StatusStart = 9;
    private const int StatusEnd = 12;

    // RFC 9110 §5.6.2.
    private static readonly SearchValues<byte> TokenBytes = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<byte> Breaks = SearchValues.Create("\r\n\0"u8);

    /// <summary>The status in a status line.</summary>
    /// <exception cref="HttpRequestException">The line is not a status line.</exception>
    public static int StatusOf(ReadOnlySpan<byte> line)
    {
        var isStatusLine = line.Length >= StatusEnd
            && line.StartsWith("HTTP/"u8)
            && char.IsAsciiDigit((char)line[5])
            && line[6] == '.'
            && char.IsAsciiDigit((char)line[7])
            && line[8] == ' '
            && (line.Length == StatusEnd || line[StatusEnd] == ' ');
        var status = 0;
        for (var i = StatusStart; isStatusLine && i < StatusEnd; i++)
        {
            isStatusLine = char.IsAsciiDigit((char)line[i]);
            status = (10 * status) + line[i] - '0';
        }

        return isStatusLine && status >= 100 ? status : throw Invalid("does not begin with a status line");
    }

    /// <summary>The status of a complete head.</summary>
    /// <exception cref="HttpRequestException">The head does not begin with a status line.</exception>
    public static int StatusOfHead(ReadOnlySpan<byte> head) => StatusOf(NextLine(ref head));

    /// <summary>Creates a message from a complete head.</summary>
    /// <param name="head">The head with its blank line.</param>
    /// <param name="content">The content of the message.</param>
    /// <exception cref="HttpRequestException">The head is invalid.</exception>
    public static HttpResponseMessage Read(ReadOnlySpan<byte> head, HttpContent content)
    {
        var statusLine = NextLine(ref head);
        var reason = statusLine.Length > StatusEnd ? statusLine[(StatusEnd + 1)..] : default;
        if (reason.IndexOfAny(Breaks) >= 0)
        {
            throw Invalid("has a control character in its reason phrase");
        }

        var response = new HttpResponseMessage((HttpStatusCode)StatusOf(statusLine))
        {
            Content = content,
            ReasonPhrase = Encoding.Latin1.GetString(reason),
            Version = (statusLine[5], statusLine[7]) switch
            {
                ((byte)'1', (byte)'1') => HttpVersion.Version11,
                ((byte)'1', (byte)'0') => HttpVersion.Version10,
                ((byte)'1', var minor) => new Version(1, minor - '0'),

                // Another major version is treated as HTTP/1.0, so that the connection is not used again.
                _ => HttpVersion.Version10,
            },
        };
        while (TryReadHeader(ref head, response))
        {
        }

        return response;
    }

    /// <summary>A line without its carriage return.</summary>
    public static ReadOnlySpan<byte> WithoutEnd(ReadOnlySpan<byte> line) =>
        line is [.., (byte)'\r'] ? line[..^1] : line;

    /// <summary>Whether a line continues the value of the line before (RFC 9112 §5.2).</summary>
    public static bool IsContinuation(ReadOnlySpan<byte> line) => line is [(byte)' ' or (byte)'\t', ..];

    public static HttpRequestException Invalid(string what) =>
        new(HttpRequestError.InvalidResponse, $"The node's answer is not valid HTTP: its head {what}.");

    // Returns false at the blank line.
    private static bool TryReadHeader(ref ReadOnlySpan<byte> head, HttpResponseMessage response)
    {
        var line = NextLine(ref head);
        if (line.IsEmpty)
        {
            return false;
        }

        var colon = line.IndexOf((byte)':');
        var name = colon < 0 ? default : line[..colon].TrimEnd((byte)' ');
        if (name.IsEmpty || name.IndexOfAnyExcept(TokenBytes) >= 0)
        {
            throw Invalid("has a header without a name");
        }

        var value = Trim(line[(colon + 1)..]);
        var text = IsContinuation(head) ? Unfold(value, ref head) : TextOf(value);
        var key = Encoding.ASCII.GetString(name);

        // HttpResponseHeaders rejects only the headers of contents. A header that both collections reject is dropped.
        if (!response.Headers.TryAddWithoutValidation(key, text))
        {
            response.Content.Headers.TryAddWithoutValidation(key, text);
        }

        return true;
    }

    private static string Unfold(scoped ReadOnlySpan<byte> value, ref ReadOnlySpan<byte> head)
    {
        var text = new StringBuilder(TextOf(value));
        while (IsContinuation(head))
        {
            text.Append(' ').Append(TextOf(Trim(NextLine(ref head))));
        }

        return text.ToString().Trim(' ');
    }

    private static string TextOf(ReadOnlySpan<byte> value) => value.IndexOfAny(Breaks) < 0
        ? ByteHeaderEncoding.TextOf(value)
        : throw Invalid("has a header with a line break or a NUL in its value");

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> value) => value.Trim(" \t"u8);

    private static ReadOnlySpan<byte> NextLine(ref ReadOnlySpan<byte> head)
    {
        var length = head.IndexOf((byte)'\n');
        var line = WithoutEnd(head[..length]);
        head = head[(length + 1)..];
        return line;
    }
}
