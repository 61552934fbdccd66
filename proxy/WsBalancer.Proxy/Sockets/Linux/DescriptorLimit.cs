namespace WsBalancer.Proxy.Sockets.Linux;

/// <summary>How near this process is to its limit of descriptors (RLIMIT_NOFILE).</summary>
/// <remarks>
/// The runtime ends the process when it finds no descriptor for a thread, and names, logs and the admin API need some
/// too. So connections leave the last ones alone.
/// </remarks>
internal static unsafe class DescriptorLimit
{
    /// <summary>What connections to nodes leave to the rest of the process.</summary>
    public const int KeptByNodes = 32;

    /// <summary>What connections of clients leave: as many again for the nodes of those that are coming in.</summary>
    public const int KeptByClients = 2 * KeptByNodes;

    // RLIMIT_NOFILE (asm-generic/resource.h; the same on x86-64 and ARM64).
    private const int OpenFiles = 7;

    /// <summary>Whether a new descriptor leaves fewer than so many to others.</summary>
    // The kernel gives the lowest number that is free, so a high one says that all below it are taken. The limit may be
    // changed while the process runs (prlimit).
    public static bool LeavesTooFew(Kernel kernel, int descriptor, int kept)
    {
        var limit = stackalloc ulong[2];
        return kernel.GetLimit(OpenFiles, limit) == 0 && (ulong)descriptor + (ulong)kept >= limit[0];
    }
}
