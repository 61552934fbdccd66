using System.Buffers;

namespace WsBalancer.Proxy.Placement.Http;

/// <summary>
/// Assembles the head of a response from pieces of any length. An invalid head is rejected at its first invalid line,
/// not at its end, which may never be received.
/// </summary>
internal struct ResponseHeadReader
{
    /// <summary>The maximum length of the head of a response and of the 1xx heads before it: the default of the
    /// platform's HTTP client.</summary>
    public const int MaxLength = 64 * 1024;

    private byte[]? _kept;
    private int _length;
    private int _lineStart;
    private int _before;

    /// <summary>Whether nothing was received since the last complete head.</summary>
    public readonly bool IsEmpty => _length == 0;

    /// <summary>Reads the next received bytes.</summary>
    /// <param name="bytes">The received bytes.</param>
    /// <param name="head">The head with its blank line, if it is complete; valid until the next call.</param>
    /// <param name="rest">The bytes after the head: part of <paramref name="bytes"/>.</param>
    /// <returns>Whether the head is complete.</returns>
    /// <exception cref="HttpRequestException">The head is invalid or too long.</exception>
    public bool TryRead(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> head, out ReadOnlySpan<byte> rest)
    {
        var known = _length;
        var all = known == 0 ? bytes : Keep(bytes);
        var end = FindEnd(all);
        if (_before + (end < 0 ? all.Length : end) > MaxLength)
        {
            throw new HttpRequestException(
                HttpRequestError.ConfigurationLimitExceeded,
                $"The head of the response is longer than {MaxLength} bytes.");
        }

        if (end >= 0)
        {
            head = all[..end];
            rest = bytes[(end - known)..];
            _before += end;
            (_length, _lineStart) = (0, 0);
            return true;
        }

        if (known == 0)
        {
            Keep(bytes);
        }

        head = rest = default;
        return false;
    }

    /// <summary>Returns the buffer to its pool.</summary>
    public void Free()
    {
        if (_kept is { } kept)
        {
            _kept = null;
            ArrayPool<byte>.Shared.Return(kept);
        }
    }

    private ReadOnlySpan<byte> Keep(ReadOnlySpan<byte> bytes)
    {
        var length = _length + bytes.Length;
        if (_kept is null || _kept.Length < length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(length, 1024));
            _kept.AsSpan(0, _length).CopyTo(larger);
            Free();
            _kept = larger;
        }

        bytes.CopyTo(_kept.AsSpan(_length));
        _length = length;
        return _kept.AsSpan(0, length);
    }

    // The position after the blank line; -1 if it was not received yet.
    private int FindEnd(ReadOnlySpan<byte> all)
    {
        while (true)
        {
            var length = all[_lineStart..].IndexOf((byte)'\n');
            if (length < 0)
            {
                return -1;
            }

            var line = ResponseHead.WithoutEnd(all.Slice(_lineStart, length));
            if (_lineStart == 0)
            {
                ResponseHead.StatusOf(line);
            }
            else if (line.IsEmpty)
            {
                return _lineStart + length + 1;
            }
            else if (!line.Contains((byte)':') && !ResponseHead.IsContinuation(line))
            {
                throw ResponseHead.Invalid("has a header without a colon");
            }

            _lineStart += length + 1;
        }
    }
}
