using System.Buffers;

namespace WsBalancer.Proxy.Sockets.Http;

/// <summary>
/// Puts the head of a response together from bytes as they come. What is no head is found out at the line that cannot
/// be one, not at the end that may never come.
/// </summary>
internal struct ResponseHeadReader
{
    /// <summary>How long the heads before and of an answer may be together: the platform's own limit.</summary>
    public const int MaxLength = 64 * 1024;

    private byte[]? _kept;
    private int _length;
    private int _lineStart;
    private int _before;

    /// <summary>Whether nothing has come since the last head.</summary>
    public readonly bool IsEmpty => _length == 0;

    /// <summary>Takes bytes that have come.</summary>
    /// <param name="bytes">The next ones.</param>
    /// <param name="head">The head with its blank line, if it is there; good until the next call.</param>
    /// <param name="rest">What follows it: part of <paramref name="bytes"/>.</param>
    /// <returns>Whether it is there.</returns>
    /// <exception cref="HttpRequestException">It is no head, or too long.</exception>
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

    /// <summary>Gives back what it holds.</summary>
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

    // After the blank line, or -1.
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
