namespace WsBalancer.Sockets.Linux;

/// <summary>Constants of mmap(2) and madvise(2) (asm-generic/mman-common.h).</summary>
internal static class MemoryConstants
{
    /// <summary>PROT_READ | PROT_WRITE.</summary>
    public const int ReadWrite = 0x1 | 0x2;

    /// <summary>MAP_SHARED.</summary>
    public const int Shared = 0x1;

    /// <summary>
    /// MAP_PRIVATE | MAP_ANONYMOUS: private memory of zeros; a page takes no memory until it is touched.
    /// </summary>
    public const int Anonymous = 0x2 | 0x20;

    /// <summary>MAP_NORESERVE: the kernel does not reserve swap space for the mapping.</summary>
    public const int NoReserve = 0x4000;

    /// <summary>MADV_DONTNEED: frees the pages; the next access finds zeros.</summary>
    public const int DoNotNeed = 4;

    /// <summary>MADV_NOHUGEPAGE: a page that is touched does not become a huge one.</summary>
    public const int NoHugePage = 15;

    /// <summary>MAP_POPULATE.</summary>
    public const int Populate = 0x8000;
}
