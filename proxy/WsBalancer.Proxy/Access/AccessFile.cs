using Microsoft.Win32.SafeHandles;

namespace WsBalancer.Proxy.Access;

/// <summary>A file of lines that other programs may rename or truncate.</summary>
internal sealed class AccessFile : IAccessTarget
{
    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly string? _openedAs;

    /// <summary>Opens a file, or creates it. Adds a line end if the last line is incomplete.</summary>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The permission is missing, or the path is a folder.</exception>
    public AccessFile(string path)
    {
        _path = path;
        _file = File.OpenHandle(
            path,
            FileMode.OpenOrCreate,
            FileAccess.ReadWrite,
            FileShare.ReadWrite | FileShare.Delete);
        try
        {
            _openedAs = NameOfOpen();
            EndLine();
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    // Compares names, since the platform has no method to compare inodes: the kernel shows the current name of an open
    // file, and marks a file that was removed or replaced.
    public bool IsMoved => _openedAs is null ? !File.Exists(_path) : NameOfOpen() != _openedAs;

    // The length is read at each call, since copytruncate of logrotate truncates the file between two calls.
    public void Write(ReadOnlySpan<byte> lines) => RandomAccess.Write(_file, lines, RandomAccess.GetLength(_file));

    public void Dispose() => _file.Dispose();

    private string? NameOfOpen() => OperatingSystem.IsLinux()
        ? File.ResolveLinkTarget($"/proc/self/fd/{_file.DangerousGetHandle()}", returnFinalTarget: false)?.FullName
        : null;

    private void EndLine()
    {
        var length = RandomAccess.GetLength(_file);
        Span<byte> last = stackalloc byte[1];
        if (length > 0 && RandomAccess.Read(_file, last, length - 1) == 1 && last[0] != (byte)'\n')
        {
            Write("\n"u8);
        }
    }
}
