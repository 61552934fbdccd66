using System.Net.WebSockets;

namespace WsBalancer.BackendSample.Sessions;

/// <summary>
/// The exceptions of a connection that failed or was aborted: a normal end of a session, not an error.
/// </summary>
internal static class Loss
{
    public static bool Is(Exception failure) => failure
        is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException;
}
