using System.Net.WebSockets;

namespace WsBalancer.BackendSample.Sessions;

/// <summary>The exceptions of a connection that broke, or was cut off: the end of a session, and no error.</summary>
internal static class Loss
{
    public static bool Is(Exception failure) => failure
        is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException;
}
