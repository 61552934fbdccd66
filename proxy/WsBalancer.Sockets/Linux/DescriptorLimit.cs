namespace WsBalancer.Sockets.Linux;

/// <summary>How near this process is to its limit of descriptors (RLIMIT_NOFILE). Linux only.</summary>
/// <remarks>
/// The runtime ends the process when it has no descriptor for a new thread; name resolution, logs and state files need
/// descriptors too. So each kind of connection leaves a reserve: accepted connections the larger one, because each may
/// need a dialed connection as its other end.
/// </remarks>
internal static unsafe class DescriptorLimit
{
    /// <summary>The reserve that dialed connections leave to the rest of the process.</summary>
    public const int KeptByDialed = 32;

    /// <summary>The reserve that accepted connections leave: half of it is for dialed ones.</summary>
    public const int KeptByAccepted = 2 * KeptByDialed;

    // RLIMIT_NOFILE (asm-generic/resource.h; the same on x86-64 and ARM64).
    private const int OpenFiles = 7;

    /// <summary>
    /// How many descriptors the process may have; null without a limit, and on other systems than Linux.
    /// </summary>
    // Read at each call, because the limit may change while the process runs (prlimit).
    public static long? Current => OperatingSystem.IsLinux() ? Of(Kernel.Linux) : null;

    /// <summary>How many descriptors the process has open.</summary>
    public static int CountOpen() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    /// <summary>Whether a new descriptor leaves fewer than <paramref name="kept"/> to others.</summary>
    public static bool LeavesTooFew(int descriptor, int kept) => Current is { } limit && descriptor + kept >= limit;

    /// <summary>Whether a new descriptor of a kernel leaves fewer than <paramref name="kept"/> to others.</summary>
    // The kernel assigns the lowest free number, so all numbers below a new descriptor are in use.
    public static bool LeavesTooFew(Kernel kernel, int descriptor, int kept) =>
        Of(kernel) is { } limit && descriptor + kept >= limit;

    /// <summary>
    /// Whether the next descriptor, whatever it is for, leaves fewer than <paramref name="kept"/> to others.
    /// </summary>
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
