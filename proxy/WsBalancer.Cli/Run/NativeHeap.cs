using System.Runtime.InteropServices;

namespace WsBalancer.Cli.Run;

/// <summary>
/// The heap of the C library, which the collector does not manage and from which the JIT compiler allocates.
/// </summary>
internal static class NativeHeap
{
    /// <summary>Returns freed memory to the kernel if the C library can do so, as glibc can.</summary>
    public static unsafe void Trim()
    {
        if (NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "malloc_trim", out var trim))
        {
            // int malloc_trim(size_t left_at_the_top)
            _ = ((delegate* unmanaged<nuint, int>)trim)(0);
        }
    }
}
