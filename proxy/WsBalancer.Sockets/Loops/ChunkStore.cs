using System.Runtime.InteropServices;
using WsBalancer.Sockets.Linux;

namespace WsBalancer.Sockets.Loops;

/// <summary>
/// The memory of all bytes that wait for a slow reader, shared by all loops: one range of addresses, in chunks of a
/// page, of which only rented chunks take memory. Returned chunks are given back to the kernel, except for a few. The
/// size limits what all sockets buffer together. Thread-safe.
/// </summary>
/// <remarks>
/// Only back-pressure rents chunks: while readers take what they are sent, no lock is taken and no memory used.
/// </remarks>
internal sealed unsafe class ChunkStore : IDisposable
{
    /// <summary>A page: the unit in which the kernel takes memory back.</summary>
    public const int ChunkSize = 4096;

    /// <summary>Each chunk begins with a link to the next chunk of its queue.</summary>
    public const int LinkSize = sizeof(int);

    /// <summary>The bytes of a queue that fit into one chunk.</summary>
    public const int Capacity = ChunkSize - LinkSize;

    // So many returned chunks remain resident for the next queue that needs one: 1 MB.
    private const int Resident = 256;

    private readonly Lock _lock = new();
    private readonly byte* _start;
    private readonly int _count;
    private readonly int _watermark;

    // The indexes of returned chunks. The memory of the last _resident of them has not been given back to the kernel.
    private int[] _freed = new int[Resident];
    private int _freedCount;
    private int _resident;
    private int _touched;
    private int _rented;

    /// <param name="size">The most bytes of all queues together, with the links between their chunks.</param>
    /// <exception cref="IOException">The kernel refused the range of addresses.</exception>
    public ChunkStore(long size)
    {
        _count = (int)(size / ChunkSize);
        _watermark = _count - (_count / 8);
        _start = (byte*)LibC.Map(
            null,
            Length,
            MemoryConstants.ReadWrite,
            MemoryConstants.Anonymous | MemoryConstants.NoReserve,
            -1,
            0);
        if ((nint)_start == -1)
        {
            throw new IOException(
                $"mmap failed: {Marshal.GetLastPInvokeErrorMessage()}", Marshal.GetLastPInvokeError());
        }

        // A kernel without huge pages refuses this advice and does not need it.
        _ = LibC.Advise(_start, Length, MemoryConstants.NoHugePage);
    }

    /// <summary>Raised when seven eighths of the chunks are rented, by the thread that rents: must not block.</summary>
    public event Action? RunningLow;

    /// <summary>The bytes of all rented chunks. May be read from any thread.</summary>
    public long Used => (long)Volatile.Read(ref _rented) * ChunkSize;

    /// <summary>The most that <see cref="Used"/> can be.</summary>
    public long Size => (long)_count * ChunkSize;

    private nuint Length => (nuint)_count * ChunkSize;

    /// <summary>Where a rented chunk begins.</summary>
    public byte* this[int chunk] => _start + ((nint)chunk * ChunkSize);

    /// <summary>Rents a chunk, whose content is undefined.</summary>
    /// <returns>The index; −1 if all are rented.</returns>
    public int Rent()
    {
        int chunk;
        bool isLow;
        lock (_lock)
        {
            if (_freedCount > 0)
            {
                chunk = _freed[--_freedCount];
                _resident = Math.Max(0, _resident - 1);
            }
            else if (_touched < _count)
            {
                chunk = _touched++;
            }
            else
            {
                return -1;
            }

            isLow = ++_rented == _watermark;
        }

        if (isLow)
        {
            RunningLow?.Invoke();
        }

        return chunk;
    }

    /// <summary>Returns a rented chunk.</summary>
    public void Return(int chunk)
    {
        lock (_lock)
        {
            if (_freedCount == _freed.Length)
            {
                Array.Resize(ref _freed, 2 * _freedCount);
            }

            _freed[_freedCount++] = chunk;
            _rented--;
            if (++_resident > Resident)
            {
                _ = LibC.Advise(this[_freed[_freedCount - _resident--]], ChunkSize, MemoryConstants.DoNotNeed);
            }
        }
    }

    /// <summary>Frees the memory. No chunk may be in use.</summary>
    public void Dispose() => _ = LibC.Unmap(_start, Length);
}
