using System.Net.WebSockets;

namespace WsBalancer.LoadTest.Load;

/// <summary>
/// Distinguishes exceptions that a socket throws because its connection ended from exceptions that are bugs.
/// </summary>
internal static class ConnectionEnd
{
    public static bool Is(Exception failure) => failure
        is WebSocketException
        or IOException
        or OperationCanceledException
        or ObjectDisposedException
        or InvalidOperationException;
}
