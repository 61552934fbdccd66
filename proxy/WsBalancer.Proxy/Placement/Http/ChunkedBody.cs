using System.Runtime.InteropServices;

namespace WsBalancer.Proxy.Placement.Http;

/// <summary>
/// Parses a chunked body (RFC 9112 §7.1), in pieces of any length, and keeps the trailers.
/// </summary>
internal struct ChunkedBody
{
    // The limit of the platform's HTTP client for the line of one chunk; the same for all trailers together.
    private const int MaxLine = 16 * 1024;

    private Stage _stage;
    private long _left;
    private int _line;
    private List<byte>? _trailers;

    private enum Stage : byte
    {
        /// <summary>Before the first digit of a chunk's length.</summary>
        Start,

        /// <summary>Among the digits.</summary>
        Length,

        /// <summary>Among the blanks between the length and an extension.</summary>
        AfterLength,

        /// <summary>In an extension, which is ignored.</summary>
        Extension,

        /// <summary>After the carriage return of the length's line.</summary>
        LengthEnd,

        /// <summary>In the chunk.</summary>
        Chunk,

        /// <summary>Right after the chunk.</summary>
        ChunkEnd,

        /// <summary>After the carriage return that follows the chunk.</summary>
        ChunkEndLineFeed,

        /// <summary>At the start of a trailer's line.</summary>
        TrailerStart,

        /// <summary>In a trailer.</summary>
        Trailer,

        /// <summary>After a carriage return at the start of a trailer's line.</summary>
        LastLineFeed,

        /// <summary>The body and its trailers are complete.</summary>
        Done,
    }

    /// <summary>Whether the body and its trailers are complete.</summary>
    public readonly bool IsDone => _stage == Stage.Done;

    /// <summary>The trailers, once the body is complete: lines, each with its line feed.</summary>
    public readonly ReadOnlySpan<byte> Trailers => CollectionsMarshal.AsSpan(_trailers);

    /// <summary>Parses bytes and copies the body's bytes among them, as many as the output has room for.</summary>
    /// <returns>How many bytes were parsed, and how many were copied.</returns>
    /// <exception cref="HttpIOException">The bytes are not valid chunks.</exception>
    public (int Used, int Given) Read(ReadOnlySpan<byte> input, Span<byte> output)
    {
        var used = 0;
        var given = 0;
        while (used < input.Length && _stage != Stage.Done)
        {
            if (_stage != Stage.Chunk)
            {
                Frame(input[used++]);
                continue;
            }

            var part = (int)Math.Min(Math.Min(_left, input.Length - used), output.Length - given);
            if (part == 0)
            {
                break;
            }

            input.Slice(used, part).CopyTo(output[given..]);
            used += part;
            given += part;
            _left -= part;
            _stage = _left == 0 ? Stage.ChunkEnd : Stage.Chunk;
        }

        return (used, given);
    }

    private void Frame(byte next)
    {
        if (_stage is Stage.TrailerStart or Stage.Trailer && next != '\r')
        {
            (_trailers ??= []).Add(next);
        }

        _stage = _stage switch
        {
            Stage.Start or Stage.Length when char.IsAsciiHexDigit((char)next) => Digit(next),
            >= Stage.Length and <= Stage.LengthEnd => InLength(next),
            Stage.ChunkEnd when next == '\r' => Stage.ChunkEndLineFeed,
            Stage.ChunkEnd or Stage.ChunkEndLineFeed when next == '\n' => Stage.Start,
            >= Stage.TrailerStart => InTrailers(next),
            _ => throw Invalid("has no valid chunked coding"),
        };
        _line = _stage is Stage.Start or Stage.Chunk ? 0 : _line + 1;
        if (_line > MaxLine)
        {
            throw Invalid("has too long a chunk extension, or too many trailers");
        }
    }

    private readonly Stage InLength(byte next) => next switch
    {
        (byte)'\n' => _left == 0 ? Stage.TrailerStart : Stage.Chunk,
        (byte)'\r' when _stage != Stage.LengthEnd => Stage.LengthEnd,
        _ when _stage == Stage.Extension => Stage.Extension,
        (byte)' ' or (byte)'\t' when _stage != Stage.LengthEnd => Stage.AfterLength,
        (byte)';' when _stage != Stage.LengthEnd => Stage.Extension,
        _ => throw Invalid("has a chunk whose length is no number"),
    };

    private readonly Stage InTrailers(byte next) => (_stage, next) switch
    {
        (Stage.Trailer, (byte)'\n') => Stage.TrailerStart,
        (Stage.TrailerStart or Stage.LastLineFeed, (byte)'\n') => Stage.Done,
        (Stage.TrailerStart, (byte)'\r') => Stage.LastLineFeed,
        _ => Stage.Trailer,
    };

    private Stage Digit(byte digit)
    {
        if (_left > long.MaxValue >> 4)
        {
            throw Invalid("has a chunk of an impossible length");
        }

        // '0' is 0x30, 'A' 0x41 and 'a' 0x61.
        _left = (_left << 4) + (digit & 0xF) + (digit >= 'A' ? 9 : 0);
        return Stage.Length;
    }

    private static HttpIOException Invalid(string what) =>
        new(HttpRequestError.InvalidResponse, $"The node's answer is not valid HTTP: its body {what}.");
}
