using System.Net;

namespace WsBalancer.Proxy.Sockets.Http;

/// <summary>
/// Where the body of a response ends, and what of the bytes that follow its head is body (RFC 9112 §6.3).
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

    /// <summary>Whether everything has come.</summary>
    public readonly bool IsDone => _isChunked ? _chunks.IsDone : _left <= 0;

    /// <summary>The body of a response to anything but HEAD and CONNECT.</summary>
    public static ResponseBody Of(HttpResponseMessage response) => response switch
    {
        { StatusCode: HttpStatusCode.NoContent or HttpStatusCode.NotModified } => new(isChunked: false, left: 0),
        { Headers.TransferEncodingChunked: true } => new(isChunked: true, left: null),
        _ => new(isChunked: false, response.Content.Headers.ContentLength),
    };

    /// <summary>The connection has ended.</summary>
    /// <returns>Whether that was all.</returns>
    public bool TryEndWithConnection()
    {
        if (!_isChunked)
        {
            _left ??= 0;
        }

        return IsDone;
    }

    /// <summary>Takes bytes, and gives those of the body among them, as many as there is room for.</summary>
    /// <returns>How many were used, and how many given.</returns>
    /// <exception cref="HttpIOException">They are no such body.</exception>
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
