using System.Runtime.InteropServices;

namespace WsBalancer.Cli.Output;

/// <summary>
/// Detects that the reader of standard output has closed its pipe, as after <c>events | head -1</c>. The runtime
/// ignores the error of a write to such a pipe, so that a command that follows events would never end.
/// </summary>
internal static class OutputReader
{
    private const int StandardOutput = 1;

    // POLLERR, which is the same on Linux and macOS.
    private const short PollError = 8;

    /// <summary>Whether standard output is a pipe without a reader.</summary>
    public static bool IsClosed()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected)
        {
            return false;
        }

        var polled = new Polled { Descriptor = StandardOutput };
        return Poll(ref polled, 1, 0) > 0 && (polled.Found & PollError) != 0;
    }

    [DllImport("libc", EntryPoint = "poll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Poll(ref Polled polled, nuint count, int timeoutMilliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct Polled
    {
        public int Descriptor;
        public short Wanted;
        public short Found;
    }
}
