using System.Net.Sockets;

namespace WsBalancer.Proxy.Tunnels;

/// <summary>
/// Distinguishes the failures of a stream whose peer is lost. The server and TLS wrap the error of a socket in an
/// <see cref="IOException"/>; the platform's sockets throw it as it is unless it is a reset, so ETIMEDOUT of a peer
/// that vanished, EHOSTUNREACH and ENETUNREACH; and a connection that the server aborted cancels its stream.
/// </summary>
internal static class PeerLoss
{
    /// <param name="exception">The failure of a read or a write.</param>
    /// <param name="cancellation">The token of that operation, whose cancellation is no loss.</param>
    public static bool Is(Exception exception, CancellationToken cancellation) =>
        exception is IOException or SocketException
        || (exception is OperationCanceledException && !cancellation.IsCancellationRequested);
}
