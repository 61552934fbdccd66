using WsBalancer.Sockets.Linux;

namespace WsBalancer.Sockets.Uring;

/// <summary>
/// Determines whether this kernel, and the container around this process, allow what a <see cref="UringLoop"/> needs.
/// The probe tries it once, because neither a version nor a list of features shows what a filter of system calls
/// refuses.
/// </summary>
internal static unsafe class UringProbe
{
    private const uint Entries = 8;
    private const int Buffers = 4;
    private const int BufferSize = 64;

    /// <summary>The reason why a <see cref="UringLoop"/> cannot be used, as a sentence; null if it can.</summary>
    public static string? FindObstacle()
    {
        try
        {
            return Receive(limit: 0) switch
            {
                (2, true) => null,
                null => "a pair of sockets to try it with could not be opened.",
                _ => "the kernel is too old to receive as is needed, which Linux does from 6.1 on.",
            };
        }
        catch (IOException ex)
        {
            return Explain(ex);
        }
    }

    /// <summary>
    /// Whether the kernel ends a multishot receive after a given number of bytes (Linux 6.17). Older kernels refuse
    /// such a request.
    /// </summary>
    public static bool CanLimitReceives()
    {
        try
        {
            return Receive(limit: 1) == (1, false);
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The meaning of the kernel's refusal, as a sentence.</summary>
    /// <param name="refusal">The exception, whose <see cref="Exception.HResult"/> is one of
    /// <see cref="Errno"/>.</param>
    public static string Explain(IOException refusal) => refusal.HResult switch
    {
        Errno.NotPermitted =>
            "a filter of system calls, as containers have, or the setting kernel.io_uring_disabled does not allow it "
                + $"({refusal.Message}).",
        Errno.NoSuchCall => $"the kernel does not have it ({refusal.Message}).",
        Errno.InvalidArgument => $"the kernel is too old for what is used of it, which Linux has from 6.1 on "
            + $"({refusal.Message}).",
        Errno.OutOfMemory => $"there is no memory for it, or the limit of locked memory is low ({refusal.Message}).",
        _ => $"the kernel refuses it ({refusal.Message}).",
    };

    // Receives up to two bytes, one after the other, with one multishot request.
    private static (int Received, bool IsPending)? Receive(uint limit)
    {
        using var ring = new UringQueues(Kernel.Linux, Entries, 2 * Entries);
        using var buffers = new BufferRing(ring, Buffers, BufferSize);
        var pair = stackalloc int[2];
        if (LibC.SocketPair(SocketConstants.UnixFamily, SocketConstants.Stream, 0, pair) != 0)
        {
            return null;
        }

        try
        {
            var entry = ring.Next(out _);
            entry->Operation = UringConstants.Receive;
            entry->Descriptor = pair[0];
            entry->Flags = UringConstants.SelectBuffer;
            entry->Options = UringConstants.ReceiveMany | UringConstants.PollFirst;
            entry->BufferGroup = BufferRing.Group;
            entry->ReceiveLimit = limit;
            var received = 0;
            var isPending = true;
            while (isPending && received < 2 && TryReceive(ring, pair[1], out isPending))
            {
                received++;
            }

            return (received, isPending);
        }
        finally
        {
            _ = LibC.Close(pair[0]);
            _ = LibC.Close(pair[1]);
        }
    }

    private static bool TryReceive(UringQueues ring, int peer, out bool isPending)
    {
        byte one = 1;
        isPending = false;
        if (LibC.Write(peer, &one, 1) != 1)
        {
            return false;
        }

        ring.Enter(completions: 1);
        if (!ring.TryTake(out var completion))
        {
            return false;
        }

        isPending = (completion.Flags & UringConstants.More) != 0;
        return completion.Result == 1 && (completion.Flags & UringConstants.HasBuffer) != 0;
    }
}
