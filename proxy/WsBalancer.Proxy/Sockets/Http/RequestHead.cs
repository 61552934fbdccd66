using System.Buffers;
using System.Net.Http.Headers;
using System.Text;

namespace WsBalancer.Proxy.Sockets.Http;

/// <summary>
/// Writes the head of an HTTP/1.1 request without a body, byte for byte as the platform's client does.
/// </summary>
internal static class RequestHead
{
    private static readonly SearchValues<char> Breaks = SearchValues.Create("\r\n\0");

    // What a request line may hold of a target: anything else would end it early, or is no ASCII.
    private static readonly SearchValues<char> TargetCharacters = SearchValues.Create(
        [.. Enumerable.Range('!', '~' - '!' + 1).Select(static character => (char)character)]);

    /// <summary>Writes request line, headers and the blank line.</summary>
    /// <param name="request">The request; a <see cref="TargetUri"/> is its target as it stands.</param>
    /// <param name="encoding">Of the values of its headers.</param>
    /// <param name="output">Where it is written to.</param>
    /// <exception cref="HttpRequestException">A part of it would break out of its line, or announces a body.
    /// </exception>
    public static void Write(HttpRequestMessage request, HeaderEncoding encoding, IBufferWriter<byte> output)
    {
        var uri = request.RequestUri!;
        WriteTarget(request.Method.Method, (uri as TargetUri)?.Target ?? uri.PathAndQuery, output);
        if (request.Headers.Host is null)
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

        output.Write("\r\n"u8);
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
            // With no body that it could be true of, the node would take what follows for one.
            if (string.Equals(name, "Transfer-Encoding", StringComparison.OrdinalIgnoreCase))
            {
                throw new HttpRequestException("A request without a body has a Transfer-Encoding header.");
            }

            // Several values are one line, joined as their header wants it.
            var value = values.ToString();
            if (value.AsSpan().IndexOfAny(Breaks) >= 0)
            {
                throw new HttpRequestException($"The value of the header '{name}' has a line break or a NUL in it.");
            }

            WriteText(name, output);
            output.Write(": "u8);
            WriteText(value, encoding.Of(name), output);
            output.Write("\r\n"u8);
        }
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
