using System.Buffers;
using System.Net.Http.Headers;
using System.Text;
using WsBalancer.Proxy.Http;

namespace WsBalancer.Proxy.Placement.Http;

/// <summary>
/// Writes the head of an HTTP/1.1 request, with the target and the header values unchanged, and each value on a
/// separate line, as the client sent them.
/// </summary>
internal static class RequestHead
{
    private static readonly SearchValues<char> Breaks = SearchValues.Create("\r\n\0");

    // The characters that a target may contain: any other would end the request line early, or is not ASCII.
    private static readonly SearchValues<char> TargetCharacters = SearchValues.Create(
        [.. Enumerable.Range('!', '~' - '!' + 1).Select(static character => (char)character)]);

    /// <summary>Writes request line, headers and the blank line.</summary>
    /// <param name="request">The request. The target of a <see cref="TargetUri"/> is written unchanged.</param>
    /// <param name="encoding">The encoding of header values.</param>
    /// <param name="isChunked">Whether a chunked body follows.</param>
    /// <param name="output">Where the head is written.</param>
    /// <exception cref="HttpRequestException">A character is not allowed in the target or a value, or a transform has
    /// set the framing of the body.</exception>
    public static void Write(
        HttpRequestMessage request, HeaderEncoding encoding, bool isChunked, IBufferWriter<byte> output)
    {
        var uri = TargetUri.Of(request);
        WriteTarget(request.Method.Method, (uri as TargetUri)?.Target ?? uri.PathAndQuery, output);
        if (!request.Headers.NonValidated.Contains("Host"))
        {
            output.Write("Host: "u8);
            WriteText(uri.HostNameType == UriHostNameType.IPv6 ? $"[{uri.IdnHost}]" : uri.IdnHost, output);
            if (!uri.IsDefaultPort)
            {
                output.Write(":"u8);
                WriteNumber(uri.Port, output);
            }

            output.Write("\r\n"u8);
        }

        WriteHeaders(request.Headers.NonValidated, encoding, output);
        if (request.Content is { } content)
        {
            WriteHeaders(content.Headers.NonValidated, encoding, output);
        }

        output.Write(isChunked ? "Transfer-Encoding: chunked\r\n\r\n"u8 : "\r\n"u8);
    }

    /// <summary>Whether a body follows the head.</summary>
    /// <inheritdoc cref="BodyOf" path="/remarks"/>
    public static bool HasBody(HttpRequestMessage request) => BodyOf(request) is not null;

    /// <summary>The body that follows the head; null if there is none.</summary>
    /// <remarks>
    /// A <c>Content-Length</c> of 0 is removed if the platform has computed it and the client has not sent the header.
    /// </remarks>
    public static HttpContent? BodyOf(HttpRequestMessage request)
    {
        if (request.Content is not { Headers: var headers } content)
        {
            return null;
        }

        var isAnnounced = headers.NonValidated.Contains("Content-Length");
        var hasBody = headers.ContentLength != 0;
        if (!hasBody && !isAnnounced)
        {
            headers.Remove("Content-Length");
        }

        return hasBody ? content : null;
    }

    private static void WriteTarget(string method, string target, IBufferWriter<byte> output)
    {
        if (target.AsSpan().IndexOfAnyExcept(TargetCharacters) >= 0)
        {
            throw new HttpRequestException("The target of the request has a character that no target may have.");
        }

        WriteText(method, output);
        output.Write(" "u8);
        WriteText(target, output);
        output.Write(" HTTP/1.1\r\n"u8);
    }

    private static void WriteHeaders(
        HttpHeadersNonValidated headers, HeaderEncoding encoding, IBufferWriter<byte> output)
    {
        foreach (var (name, values) in headers)
        {
            // The framing must match the body, so a transform cannot set it.
            if (string.Equals(name, "Transfer-Encoding", StringComparison.OrdinalIgnoreCase))
            {
                throw new HttpRequestException("A transform has set the header Transfer-Encoding.");
            }

            var bytes = encoding.Of(name);
            foreach (var value in values)
            {
                WriteHeader(name, value, bytes, output);
            }
        }
    }

    private static void WriteHeader(string name, string value, Encoding encoding, IBufferWriter<byte> output)
    {
        if (value.AsSpan().IndexOfAny(Breaks) >= 0)
        {
            throw new HttpRequestException($"The value of the header '{name}' has a line break or a NUL in it.");
        }

        WriteText(name, output);
        output.Write(": "u8);
        WriteText(value, encoding, output);
        output.Write("\r\n"u8);
    }

    private static void WriteText(string text, IBufferWriter<byte> output) =>
        WriteText(text, Encoding.Latin1, output);

    private static void WriteText(string text, Encoding encoding, IBufferWriter<byte> output)
    {
        var span = output.GetSpan(encoding.GetMaxByteCount(text.Length));
        output.Advance(encoding.GetBytes(text, span));
    }

    private static void WriteNumber(int number, IBufferWriter<byte> output)
    {
        var span = output.GetSpan(11);
        number.TryFormat(span, out var written, default, null);
        output.Advance(written);
    }
}
