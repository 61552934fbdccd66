namespace WsBalancer.BackendSample.Sessions;

/// <summary>The memory of one client's messages, both received messages and queued echoes.</summary>
/// <remarks>
/// Memory beyond an allowance counts against the limit of all clients, so that ordinary messages are accepted even if a
/// few clients hold all of that limit.
/// </remarks>
internal sealed class ClientMemory(MessageMemory all)
{
    /// <summary>The bytes that every client may hold at any time.</summary>
    public const int Allowance = 16 * 1024;

    private int _held;

    /// <param name="size">A power of two: the buffer pools have no other sizes.</param>
    /// <returns>Null if all clients together hold too much.</returns>
    public byte[]? TryRent(int size)
    {
        var held = Interlocked.Add(ref _held, size);
        var excess = ExcessOf(held) - ExcessOf(held - size);
        if (excess > 0 && !all.TryHold(excess))
        {
            Interlocked.Add(ref _held, -size);
            return null;
        }

        return all.Rent(size);
    }

    /// <summary>Returns a buffer and releases its bytes.</summary>
    public void Return(byte[] buffer)
    {
        ReturnHeld(buffer);
        Release(buffer.Length);
    }

    /// <summary>Returns a buffer but not its bytes: they still count for the message that was made from them.</summary>
    public void ReturnHeld(byte[] buffer) => all.Return(buffer);

    public void Release(int bytes)
    {
        var held = Interlocked.Add(ref _held, -bytes);
        var excess = ExcessOf(held + bytes) - ExcessOf(held);
        if (excess > 0)
        {
            all.Release(excess);
        }
    }

    /// <summary>
    /// Counts the bytes of a long text as unused after its send, or after the end of its queue. A text is shared
    /// between clients, so its bytes were never held; a short one is not counted.
    /// </summary>
    public void NoteSent(int bytes)
    {
        if (bytes > Allowance)
        {
            all.CountUnused(bytes);
        }
    }

    /// <summary>Releases the rest: an aborted session leaves its buffers to the garbage collector.</summary>
    public void ReleaseAll() => Release(Volatile.Read(ref _held));

    private static int ExcessOf(int held) => Math.Max(0, held - Allowance);
}
