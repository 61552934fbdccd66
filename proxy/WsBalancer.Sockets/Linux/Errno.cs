using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace WsBalancer.Sockets.Linux;

/// <summary>Error numbers of Linux (asm-generic/errno.h; the same on x86-64 and ARM64).</summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int Interrupted = 4;
    public const int TryAgain = 11;
    public const int OutOfMemory = 12;
    public const int Busy = 16;
    public const int Exists = 17;
    public const int InvalidArgument = 22;
    public const int TooManyFilesInSystem = 23;
    public const int TooManyFiles = 24;
    public const int BrokenPipe = 32;
    public const int NoSuchCall = 38;
    public const int TimerExpired = 62;
    public const int UnknownOption = 92;
    public const int ConnectionAborted = 103;
    public const int ConnectionReset = 104;
    public const int NoBufferSpace = 105;
    public const int NotConnected = 107;
    public const int TimedOut = 110;
    public const int ConnectionRefused = 111;
    public const int NoRouteToHost = 113;
    public const int InProgress = 115;
    public const int Cancelled = 125;

    /// <summary>The exception that the platform's own sockets throw for such an error.</summary>
    public static SocketException ToException(int error)
    {
        // Only the constructor without parameters maps the kernel's numbers, and it reads the last error.
        Marshal.SetLastPInvokeError(error);
        return new SocketException();
    }
}
