namespace WsBalancer.Proxy.Tests.Sockets.Simulation;

/// <summary>
/// The kernel's side of a ring of provided buffers (<c>struct io_uring_buf_ring</c>): the kernel takes buffers from the
/// head. A returned buffer is overwritten at once, so that a later read of it gives wrong bytes.
/// </summary>
internal sealed unsafe class ProvidedBuffers(World world, byte* queue, int count)
{
    private const int EntrySize = 16;
    private const int TailOffset = 14;

    private readonly bool[] _isHere = new bool[count];
    private ushort _head;
    private ushort _seen;

    public int Count => (ushort)(*(ushort*)(queue + TailOffset) - _head);

    /// <summary>Whether the process has no buffer.</summary>
    public bool AreAllHere => Count == count;

    /// <summary>Processes the buffers that were returned.</summary>
    public void Look()
    {
        var tail = *(ushort*)(queue + TailOffset);
        for (; _seen != tail; _seen++)
        {
            var (start, length, number) = Read(_seen);
            world.Check(!_isHere[number], $"the buffer {number} is given back twice");
            _isHere[number] = true;
            new Span<byte>((void*)start, length).Fill(0xDB);
        }
    }

    /// <summary>The next buffer, which stays in the ring until it is taken; null if there is none.</summary>
    public (nint Start, int Length, int Number)? Next()
    {
        Look();
        return Count == 0 ? null : Read(_head);
    }

    public void Take()
    {
        _isHere[Read(_head++).Number] = false;
    }

    private (nint Start, int Length, int Number) Read(ushort index)
    {
        var entry = queue + ((index & (count - 1)) * EntrySize);
        return ((nint)(*(ulong*)entry), (int)*(uint*)(entry + 8), *(ushort*)(entry + 12));
    }
}
