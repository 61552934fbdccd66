namespace WsBalancer.Proxy.Tests.Sockets.Simulation;

/// <summary>A queue of bytes in transit.</summary>
internal sealed class ByteQueue
{
    private byte[] _bytes = new byte[256];
    private int _start;
    private int _end;

    public int Count => _end - _start;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (_bytes.Length - _end < bytes.Length)
        {
            var larger = Count + bytes.Length > _bytes.Length ? new byte[2 * (Count + bytes.Length)] : _bytes;
            _bytes.AsSpan(_start, Count).CopyTo(larger);
            (_bytes, _start, _end) = (larger, 0, Count);
        }

        bytes.CopyTo(_bytes.AsSpan(_end));
        _end += bytes.Length;
    }

    /// <summary>Takes the oldest bytes.</summary>
    public int Take(Span<byte> into)
    {
        var length = Math.Min(into.Length, Count);
        _bytes.AsSpan(_start, length).CopyTo(into);
        _start += length;
        if (_start == _end)
        {
            _start = _end = 0;
        }

        return length;
    }

    /// <summary>Drops the newest bytes.</summary>
    public void Truncate(int count) => _end = _start + Math.Min(count, Count);
}
