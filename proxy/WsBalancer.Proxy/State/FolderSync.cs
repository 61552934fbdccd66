using System.Runtime.InteropServices;
using System.Text;

namespace WsBalancer.Proxy.State;

/// <summary>Makes renames in a folder survive a crash of the machine, on Linux.</summary>
internal static class FolderSync
{
    /// <summary>Best effort: without the sync, a crash may restore the file before the last rename.</summary>
    public static void Sync(string folder)
    {
        // .NET cannot open a folder, so the C library is called; Windows has no such call.
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var handle = Open(Encoding.UTF8.GetBytes(folder + '\0'), 0);
        if (handle >= 0)
        {
            _ = Synchronize(handle);
            _ = Close(handle);
        }
    }

    [DllImport("libc", EntryPoint = "open")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Synchronize(int handle);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int handle);
}
