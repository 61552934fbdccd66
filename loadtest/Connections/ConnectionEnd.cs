using System.Net.WebSockets;

namespace WsBalancer.LoadTest.Connections;

/// <summary>Tells the exceptions by which a socket says that its connection is over from those of a mistake.</summary>
internal static class ConnectionEnd
{
    public static bool Is(Exception failure) => failure
        is WebSocketException
        or IOException
        or OperationCanceledException
        or ObjectDisposedException
        or InvalidOperationException;
}
