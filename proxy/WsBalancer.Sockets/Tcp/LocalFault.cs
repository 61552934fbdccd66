using System.Net.Sockets;

namespace WsBalancer.Sockets.Tcp;

/// <summary>
/// Recognizes connects that failed because of this process or this machine, and not because of the other host.
/// </summary>
internal static class LocalFault
{
    // From errno.h of Linux.
    private const int OutOfMemory = 12;
    private const int TooManyFilesInSystem = 23;
    private const int TooManyFiles = 24;
    private const int AddressNotAvailable = 99;
    private const int NoBufferSpace = 105;

    /// <summary>Whether the exception, or an inner one, reports that descriptors, local ports, buffers or memory are
    /// exhausted.</summary>
    public static bool Is(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is OutOfMemoryException || (exception is SocketException socket && Is(socket)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Is(SocketException exception) =>
        exception.SocketErrorCode is SocketError.TooManyOpenSockets
            or SocketError.AddressNotAvailable
            or SocketError.NoBufferSpaceAvailable
        || (OperatingSystem.IsLinux() && exception.NativeErrorCode
            is OutOfMemory or TooManyFilesInSystem or TooManyFiles or AddressNotAvailable or NoBufferSpace);
}
