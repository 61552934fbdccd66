using System.Buffers;

namespace WsBalancer.Proxy.Sockets.Uring;

/// <summary>
/// What came while nothing was to be told: a receive that tells many cannot be paused, only cancelled, which takes an
/// entry into the kernel; and what is in a buffer of all sockets must not stay there.
/// </summary>
/// <remarks>The kernel gives way after 32 buffers of one socket, so it holds no more than two such runs.</remarks>
internal sealed class Backlog
{
    /// <summary>As much as is told at once.</summary>
    public const int Slice = 64 * 1024;

    private byte[] _bytes = [];
    private int _start;
    private int _end;

    public bool IsEmpty => _start == _end;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (_bytes.Length - _end < bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_end - _start + bytes.Length);
            _bytes.AsSpan(_start, _end - _start).CopyTo(larger);
            Return();
            (_bytes, _start, _end) = (larger, 0, _end - _start);
        }

        bytes.CopyTo(_bytes.AsSpan(_end));
        _end += bytes.Length;
    }

    /// <summary>Takes some of the oldest bytes out. They are good until the backlog changes.</summary>
    public ReadOnlySpan<byte> Take()
    {
        var slice = _bytes.AsSpan(_start, Math.Min(Slice, _end - _start));
        _start += slice.Length;
        return slice;
    }

    /// <summary>Frees the memory.</summary>
    public void Free()
    {
        Return();
        (_bytes, _start, _end) = ([], 0, 0);
    }

    private void Return()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }
    }
}
