using System.Runtime.InteropServices;

namespace WsBalancer.Cli.Run;

/// <summary>The memory that is not the collector's: the C library's, from which the compiler takes its own.</summary>
internal static class NativeHeap
{
    /// <summary>Gives back what was freed, if the C library keeps it and can be told not to: glibc does.</summary>
    public static unsafe void GiveBack()
    {
        if (NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "malloc_trim", out var trim))
        {
            // int malloc_trim(size_t left_at_the_top)
            _ = ((delegate* unmanaged<nuint, int>)trim)(0);
        }
    }
}
