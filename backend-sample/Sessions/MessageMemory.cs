using System.Buffers;

namespace WsBalancer.BackendSample.Sessions;

/// <summary>The buffers of messages, and the limit for the messages of all clients together.</summary>
/// <remarks>
/// Buffers of the largest size are kept for later messages: otherwise one message that needs thousands of them would
/// leave as many to the garbage collector. Buffers that stay unused for a while are dropped.
/// </remarks>
internal sealed class MessageMemory(NodeOptions options, ILogger<MessageMemory> logger)
{
    private readonly Lock _lock = new();
    private readonly Stack<byte[]> _free = new();
    private readonly long _most = options.MaxBufferedBytes;
    private long _held;
    private long _left;
    private int _leastFree;
    private int _refusals;

    /// <summary>The bytes that are held now.</summary>
    public long Held => Volatile.Read(ref _held);

    /// <summary>The bytes that messages have stopped using since the node started.</summary>
    public long UnusedBytes => Volatile.Read(ref _left);

    /// <summary>Holds this many bytes more, or none.</summary>
    /// <returns>False if the limit would be exceeded.</returns>
    public bool TryHold(int bytes)
    {
        lock (_lock)
        {
            if (bytes <= _most - _held)
            {
                _held += bytes;
                return true;
            }

            if (_refusals++ == 0)
            {
                SessionLog.MemoryExhausted(logger, _most);
            }

            return false;
        }
    }

    public void Release(int bytes)
    {
        lock (_lock)
        {
            _held -= bytes;
            Interlocked.Add(ref _left, bytes);

            // Only at half of the limit, so that a node near its limit does not log each change.
            if (_refusals > 0 && _held <= _most / 2)
            {
                SessionLog.MemoryAvailable(logger, _refusals);
                _refusals = 0;
            }
        }
    }

    /// <summary>Counts bytes that were not held and are no longer used.</summary>
    public void CountUnused(int bytes) => Interlocked.Add(ref _left, bytes);

    /// <param name="size">A power of two: the buffer pools have no other sizes.</param>
    public byte[] Rent(int size)
    {
        if (size < PieceSize.Max)
        {
            return ArrayPool<byte>.Shared.Rent(size);
        }

        lock (_lock)
        {
            if (_free.TryPop(out var buffer))
            {
                _leastFree = Math.Min(_leastFree, _free.Count);
                return buffer;
            }
        }

        return GC.AllocateUninitializedArray<byte>(size);
    }

    public void Return(byte[] buffer)
    {
        if (buffer.Length < PieceSize.Max)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            return;
        }

        lock (_lock)
        {
            _free.Push(buffer);
        }
    }

    /// <summary>Drops the buffers that were always free since the last call.</summary>
    public void DropUnused()
    {
        lock (_lock)
        {
            for (var unused = _leastFree; unused > 0; unused--)
            {
                _free.Pop();
            }

            _leastFree = _free.Count;
            _free.TrimExcess();
        }
    }
}
