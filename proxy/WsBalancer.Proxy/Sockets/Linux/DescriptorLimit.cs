namespace WsBalancer.Proxy.Sockets.Linux;

/// <summary>How near this process is to its limit of descriptors (RLIMIT_NOFILE). Linux only.</summary>
/// <remarks>
/// The runtime ends the process when it finds no descriptor for a thread, and names, logs and state files need some
/// too. So connections leave the last ones alone: those of clients the most, since each needs another one to a node;
/// those to the admin host the least, since an operator connects when the others have used up theirs.
/// </remarks>
internal static unsafe class DescriptorLimit
{
    /// <summary>What connections to the admin host leave to the rest of the process.</summary>
    public const int KeptByAdmin = 16;

    /// <summary>What connections to nodes leave: as many again for the admin host.</summary>
    public const int KeptByNodes = 2 * KeptByAdmin;

    /// <summary>What connections of clients leave: as many again for the nodes of accepted clients.</summary>
    public const int KeptByClients = 2 * KeptByNodes;

    // RLIMIT_NOFILE (asm-generic/resource.h; the same on x86-64 and ARM64).
    private const int OpenFiles = 7;

    /// <summary>How many descriptors the process may have; null if there is no limit that counts here.</summary>
    // The limit may be changed while the process runs (prlimit).
    public static long? Current => OperatingSystem.IsLinux() ? Of(Kernel.Linux) : null;

    /// <summary>How many descriptors the process has open.</summary>
    public static int CountOpen() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    /// <summary>Whether a new descriptor leaves fewer than so many to others.</summary>
    public static bool LeavesTooFew(int descriptor, int kept) => Current is { } limit && descriptor + kept >= limit;

    /// <summary>Whether a new descriptor of a kernel leaves fewer than so many to others.</summary>
    // The kernel gives the lowest number that is free: below a high one, all are taken.
    public static bool LeavesTooFew(Kernel kernel, int descriptor, int kept) =>
        Of(kernel) is { } limit && descriptor + kept >= limit;

    /// <summary>Whether the next descriptor, whatever it is for, leaves fewer than so many to others.</summary>
    public static bool NextLeavesTooFew(int kept)
    {
        if (Current is not { } limit)
        {
            return false;
        }

        var next = LibC.Open("/dev/null", SocketConstants.CloseOnExec);
        if (next < 0)
        {
            return true;
        }

        _ = LibC.Close(next);
        return next + kept >= limit;
    }

    private static long? Of(Kernel kernel)
    {
        var limit = stackalloc ulong[2];
        return kernel.GetLimit(OpenFiles, limit) == 0 && limit[0] <= long.MaxValue ? (long)limit[0] : null;
    }
}
