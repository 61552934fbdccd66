using WsBalancer.Sockets.Linux;

namespace WsBalancer.Sockets.Loops;

/// <summary>Bytes in the order in which they were added, in chunks of a <see cref="ChunkStore"/>.</summary>
/// <remarks>A mutable value: keep it in a field and never copy it. Used on one thread.</remarks>
internal unsafe struct ByteQueue
{
    // Chunk indexes, from 1. An empty queue is a default value and has no chunk.
    private int _first;
    private int _last;

    // Where the bytes of the first chunk begin, and those of the last end.
    private int _start;
    private int _end;
    private int _length;

    public readonly bool IsEmpty => Length == 0;

    /// <summary>The number of bytes in the queue. May be read from any thread.</summary>
    public readonly int Length => Volatile.Read(in _length);

    /// <summary>Adds bytes to the end.</summary>
    /// <returns>False if the store has no more chunks; then some of the bytes may have been added.</returns>
    public bool TryAdd(ChunkStore store, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if ((_last == 0 || _end == ChunkStore.ChunkSize) && !TryAddChunk(store))
            {
                return false;
            }

            var part = Math.Min(bytes.Length, ChunkStore.ChunkSize - _end);
            bytes[..part].CopyTo(new Span<byte>(store[_last - 1] + _end, part));
            bytes = bytes[part..];
            _end += part;
            _length += part;
        }

        return true;
    }

    /// <summary>Describes the first bytes to the kernel, chunk by chunk. Valid until the queue changes.</summary>
    /// <returns>How many pieces there are, and how many bytes they have in all.</returns>
    public readonly (int Count, int Length) Describe(ChunkStore store, Span<IoVector> pieces)
    {
        var count = 0;
        var length = 0;
        for (var chunk = _first; count < pieces.Length && length < _length; chunk = Next(store, chunk))
        {
            var start = chunk == _first ? _start : ChunkStore.LinkSize;
            var part = EndOf(chunk) - start;
            pieces[count++] = new IoVector { Start = store[chunk - 1] + start, Length = (nuint)part };
            length += part;
        }

        return (count, length);
    }

    /// <summary>Removes bytes from the beginning: at most as many as the queue has.</summary>
    public void Remove(ChunkStore store, int count)
    {
        _length -= count;
        while (_length > 0 && count >= EndOf(_first) - _start)
        {
            count -= EndOf(_first) - _start;
            RemoveChunk(store);
        }

        _start += count;
        if (_length == 0)
        {
            Clear(store);
        }
    }

    /// <summary>Removes all bytes, and returns the chunks.</summary>
    public void Clear(ChunkStore store)
    {
        while (_first != 0)
        {
            RemoveChunk(store);
        }

        this = default;
    }

    /// <summary>Moves the first bytes, as many as there is room for, out of the queue.</summary>
    /// <returns>How many bytes were moved.</returns>
    public int Take(ChunkStore store, Span<byte> bytes)
    {
        var taken = 0;
        while (!IsEmpty && taken < bytes.Length)
        {
            var part = Math.Min(EndOf(_first) - _start, bytes.Length - taken);
            new ReadOnlySpan<byte>(store[_first - 1] + _start, part).CopyTo(bytes[taken..]);
            taken += part;
            Remove(store, part);
        }

        return taken;
    }

    /// <summary>Moves all bytes out of the queue.</summary>
    public byte[] TakeAll(ChunkStore store)
    {
        var bytes = new byte[_length];
        _ = Take(store, bytes);
        return bytes;
    }

    private static int Next(ChunkStore store, int chunk) => *(int*)store[chunk - 1];

    private readonly int EndOf(int chunk) => chunk == _last ? _end : ChunkStore.ChunkSize;

    private bool TryAddChunk(ChunkStore store)
    {
        var chunk = store.Rent() + 1;
        if (chunk == 0)
        {
            return false;
        }

        *(int*)store[chunk - 1] = 0;
        if (_last == 0)
        {
            (_first, _start) = (chunk, ChunkStore.LinkSize);
        }
        else
        {
            *(int*)store[_last - 1] = chunk;
        }

        (_last, _end) = (chunk, ChunkStore.LinkSize);
        return true;
    }

    private void RemoveChunk(ChunkStore store)
    {
        var next = Next(store, _first);
        store.Return(_first - 1);
        (_first, _start) = (next, ChunkStore.LinkSize);
    }
}
