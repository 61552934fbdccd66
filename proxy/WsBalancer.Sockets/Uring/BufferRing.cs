using System.Runtime.InteropServices;
using WsBalancer.Sockets.Linux;

namespace WsBalancer.Sockets.Uring;

/// <summary>
/// The buffers that the kernel receives into, for any socket that has bytes; an idle socket holds none. The kernel
/// takes buffers from the head of a queue (<c>struct io_uring_buf_ring</c>, linux/io_uring.h); buffers are returned at
/// its tail.
/// </summary>
internal sealed unsafe class BufferRing : IDisposable
{
    /// <summary>The group number with which requests select these buffers.</summary>
    public const ushort Group = 0;

    private const int EntrySize = 16;
    private const int TailOffset = 14;

    private readonly Kernel _kernel;
    private readonly byte* _queue;
    private readonly byte* _buffers;
    private readonly int _count;
    private readonly int _size;
    private ushort _tail;

    /// <param name="ring">The ring whose requests use the buffers.</param>
    /// <param name="count">The number of buffers: a power of 2.</param>
    /// <param name="size">The length of each buffer in bytes.</param>
    /// <exception cref="IOException">The kernel refused.</exception>
    public BufferRing(UringQueues ring, int count, int size)
    {
        (_kernel, _count, _size) = (ring.Kernel, count, size);
        _queue = Map(QueueLength);
        try
        {
            _buffers = Map(BuffersLength);

            // struct io_uring_buf_reg { u64 address; u32 entries; u16 group; u16 flags; u64 reserved[3] }.
            var argument = stackalloc ulong[5];
            argument[0] = (ulong)_queue;
            argument[1] = (uint)count | ((ulong)Group << 32);
            argument[2] = argument[3] = argument[4] = 0;
            ring.Register(UringConstants.RegisterBufferRing, argument, 1);
        }
        catch
        {
            Dispose();
            throw;
        }

        for (var i = 0; i < count; i++)
        {
            Return(i);
        }
    }

    private nuint QueueLength => (nuint)(_count * EntrySize);

    private nuint BuffersLength => (nuint)_count * (nuint)_size;

    /// <summary>The first byte of a buffer.</summary>
    public byte* Start(int number) => _buffers + ((nint)number * _size);

    /// <summary>Returns a buffer to the kernel. Nothing may read it any more.</summary>
    public void Return(int number)
    {
        // struct io_uring_buf { u64 address; u32 length; u16 number; u16 reserved }: the reserved field of the first
        // entry is the queue's tail.
        var entry = _queue + ((_tail & (_count - 1)) * EntrySize);
        *(ulong*)entry = (ulong)Start(number);
        *(uint*)(entry + 8) = (uint)_size;
        *(ushort*)(entry + 12) = (ushort)number;
        Volatile.Write(ref *(ushort*)(_queue + TailOffset), ++_tail);
    }

    /// <summary>Frees the memory. The ring must be closed before.</summary>
    public void Dispose()
    {
        _ = _kernel.Unmap(_queue, QueueLength);
        if (_buffers is not null)
        {
            _ = _kernel.Unmap(_buffers, BuffersLength);
        }
    }

    // Anonymous memory begins at a page boundary, as the kernel requires of the queue.
    private byte* Map(nuint length)
    {
        var start = (byte*)_kernel.Map(null, length, MemoryConstants.ReadWrite, MemoryConstants.Anonymous, -1, 0);
        return (nint)start != -1
            ? start
            : throw new IOException(
                $"mmap failed: {Marshal.GetLastPInvokeErrorMessage()}", Marshal.GetLastPInvokeError());
    }
}
