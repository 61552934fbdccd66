using System.Net.Sockets;

namespace WsBalancer.Proxy.Tunnels;

/// <summary>
/// Distinguishes the failures of a stream whose peer is lost. The server and TLS wrap the error of a socket in an
/// <see cref="IOException"/>. The platform's sockets wrap only a reset; other errors, such as ETIMEDOUT of a peer that
/// vanished, EHOSTUNREACH and ENETUNREACH, are a <see cref="SocketException"/>. A connection that the server aborted
/// cancels the operations of its stream.
/// </summary>
internal static class PeerLoss
{
    /// <param name="exception">The failure of a read or a write.</param>
    /// <param name="cancellation">The token of that operation; its cancellation is no loss of the peer.</param>
    public static bool Is(Exception exception, CancellationToken cancellation) =>
        exception is IOException or SocketException
        || (exception is OperationCanceledException && !cancellation.IsCancellationRequested);
}
