using System.Net.Sockets;
using System.Text;
using WsBalancer.Proxy.Settings;
using WsBalancer.Sockets.Linux;

namespace WsBalancer.Proxy.Admin.Listening;

/// <summary>The Unix socket of the admin host.</summary>
internal static class AdminSocket
{
    private const string Key = "WsBalancer:Admin:Url";

    // The kernel accepts 107 bytes; the temporary name of the socket is one byte longer than the path.
    private const int MaxBytes = 106;

    // The owner and its group, so that a group of operators needs no token.
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    /// <summary>The error if no socket can be created at the path; null if one can.</summary>
    public static SettingsError? MistakeIn(string path)
    {
        var expected = Encoding.UTF8.GetByteCount(path) > MaxBytes ? $"a path of at most {MaxBytes} bytes"
            : !Directory.Exists(Path.GetDirectoryName(path)) ? "a path in a folder that exists"
            : IsNotSocket(path) ? "a path at which there is nothing but a socket"
            : null;
        return expected is null ? null : new SettingsError(Key, $"{Key} is 'unix:{path}': expected {expected}");
    }

    /// <summary>Binds the socket. The file of a socket on which no process listens is replaced.</summary>
    /// <exception cref="IOException">A process listens on the path, it is no socket, or the bind fails.</exception>
    public static Socket Bind(string path)
    {
        if (IsNotSocket(path) || IsListenedOn(path))
        {
            throw new IOException(
                $"Failed to bind to unix:{path}: "
                + (IsNotSocket(path) ? "there is something that is no socket." : "a process listens there."));
        }

        // Bound under a temporary name, and renamed once the mode is set. The rename also replaces an old socket in one
        // step.
        var name = path + "~";
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            File.Delete(name);
            socket.Bind(new UnixDomainSocketEndPoint(name));
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(name, Mode);
            }

            File.Move(name, path, overwrite: true);
            return socket;
        }
        catch (Exception ex) when (ex is SocketException or UnauthorizedAccessException)
        {
            socket.Dispose();
            throw new IOException($"Failed to bind to unix:{path}: {ex.Message}", ex);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static bool IsNotSocket(string path) =>
        Directory.Exists(path) || (File.Exists(path) && OperatingSystem.IsLinux() && !SocketFile.IsSocket(path));

    private static bool IsListenedOn(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            client.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException ex)
        {
            // After any other failure, such as a missing permission, the socket may be in use, and is kept.
            return ex.SocketErrorCode is not (SocketError.ConnectionRefused or SocketError.AddressNotAvailable);
        }
    }
}
