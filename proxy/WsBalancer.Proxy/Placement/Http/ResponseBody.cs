using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using WsBalancer.Proxy.Http;

namespace WsBalancer.Proxy.Placement.Http;

/// <summary>
/// Finds the end of a response's body, and the bytes of the body among those that follow the head (RFC 9112 §6.3).
/// </summary>
internal struct ResponseBody
{
    private readonly bool _isChunked;
    private ChunkedBody _chunks;
    private long? _left;

    private ResponseBody(bool isChunked, long? left)
    {
        _isChunked = isChunked;
        _left = left;
    }

    /// <summary>Whether the body is complete.</summary>
    public readonly bool IsDone => _isChunked ? _chunks.IsDone : _left <= 0;

    /// <summary>
    /// The body of the response to a request with a method other than CONNECT. Framing headers that another header
    /// overrides, or that a response of this status must not have, are removed from the head.
    /// </summary>
    /// <exception cref="HttpRequestException">The head does not determine where the body ends.</exception>
    public static ResponseBody Of(HttpResponseMessage response, HttpMethod method)
    {
        if (response.StatusCode is HttpStatusCode.SwitchingProtocols or HttpStatusCode.NoContent)
        {
            response.Headers.Remove("Transfer-Encoding");
            response.Content.Headers.Remove("Content-Length");
        }

        var isChunked = IsChunked(response.Headers.NonValidated);
        if (isChunked)
        {
            response.Content.Headers.Remove("Content-Length");
        }

        var length = LengthOf(response.Content.Headers);
        return response.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.NotModified
            || method == HttpMethod.Head
                ? new(isChunked: false, left: 0)
                : new(isChunked, length);
    }

    // A node must not use another coding, because no request allows one (TE, RFC 9110 §10.1.4).
    private static bool IsChunked(HttpHeadersNonValidated headers)
    {
        if (!headers.TryGetValues("Transfer-Encoding", out var codings))
        {
            return false;
        }

        return codings.Count == 1 && codings.ToString().Equals("chunked", StringComparison.OrdinalIgnoreCase)
            ? true
            : throw ResponseHead.Invalid("has a Transfer-Encoding other than chunked");
    }

    // The same length on several lines is one length (RFC 9112 §6.3); different lengths are an error.
    private static long? LengthOf(HttpContentHeaders headers)
    {
        if (!headers.NonValidated.TryGetValues("Content-Length", out var lengths))
        {
            return null;
        }

        long? length = null;
        foreach (var text in lengths)
        {
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                || value != (length ?? value))
            {
                throw ResponseHead.Invalid("has a Content-Length that is no number, or several");
            }

            length = value;
        }

        headers.ContentLength = length;
        return length;
    }

    /// <summary>Adds the trailers of a complete body to its response. Malformed trailers are dropped.
    /// </summary>
    public readonly void AddTrailersTo(HttpResponseMessage response)
    {
        foreach (var range in _chunks.Trailers.Split((byte)'\n'))
        {
            var line = _chunks.Trailers[range];
            var colon = line.IndexOf((byte)':');
            if (colon > 0)
            {
                response.TrailingHeaders.TryAddWithoutValidation(
                    Encoding.Latin1.GetString(line[..colon]),
                    ByteHeaderEncoding.Instance.GetString(line[(colon + 1)..].Trim(" \t"u8)));
            }
        }
    }

    /// <summary>Ends a body that has no other end, because the node has closed the connection.</summary>
    /// <returns>Whether the body is complete.</returns>
    public bool TryEndWithConnection()
    {
        if (!_isChunked)
        {
            _left ??= 0;
        }

        return IsDone;
    }

    /// <summary>Parses bytes and copies the body's bytes among them, as many as the output has room for.</summary>
    /// <returns>How many bytes were parsed, and how many were copied.</returns>
    /// <exception cref="HttpIOException">The bytes are not valid chunks.</exception>
    public (int Used, int Given) Read(ReadOnlySpan<byte> input, Span<byte> output)
    {
        if (_isChunked)
        {
            return _chunks.Read(input, output);
        }

        var part = (int)Math.Min(_left ?? long.MaxValue, Math.Min(input.Length, output.Length));
        input[..part].CopyTo(output);
        _left -= part;
        return (part, part);
    }
}
