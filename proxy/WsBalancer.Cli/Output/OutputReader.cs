using System.Runtime.InteropServices;

namespace WsBalancer.Cli.Output;

/// <summary>
/// Whoever reads standard output through a pipe, and may go: <c>events | head -1</c>. The runtime keeps quiet about it,
/// and a command that follows something would follow it for nobody, for ever.
/// </summary>
internal static class OutputReader
{
    private const int StandardOutput = 1;

    // The same on Linux and macOS.
    private const short PollError = 8;

    /// <summary>Whether there was a reader, and it is gone.</summary>
    public static bool IsGone()
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
