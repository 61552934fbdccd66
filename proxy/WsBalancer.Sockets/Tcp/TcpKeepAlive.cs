using System.Net.Sockets;

namespace WsBalancer.Sockets.Tcp;

/// <summary>
/// Detects a peer that has disappeared without FIN or RST, whether bytes to it are unacknowledged or not.
/// </summary>
internal static class TcpKeepAlive
{
    // Six probes at intervals of ten seconds: a network outage of a minute does not end a connection.

    /// <summary>The interval of the probes, in seconds.</summary>
    public const int ProbeSeconds = 10;

    /// <summary>The number of unanswered probes after which the connection fails.</summary>
    public const int Probes = 6;

    /// <summary>
    /// The silence after which a peer is probed that has sent FIN and may wait for a response. Linux keeps a connection
    /// that the peer's program has closed for 60 s (net.ipv4.tcp_fin_timeout), and then responds to a probe with RST.
    /// </summary>
    public static readonly TimeSpan HalfClosedSilence = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The time after which a connection fails if nothing is received, or if sent bytes are not acknowledged.
    /// </summary>
    public static TimeSpan FailureTimeout(TimeSpan silence) => silence + TimeSpan.FromSeconds(Probes * ProbeSeconds);

    /// <summary>
    /// Probes the peer after a time of silence, and limits retransmissions to <see cref="FailureTimeout"/>. Null
    /// changes nothing. Unix sockets are not changed.
    /// </summary>
    public static void KeepAlive(this Socket socket, TimeSpan? silence)
    {
        if (silence is { } time && socket.AddressFamily != AddressFamily.Unix)
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)time.TotalSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, ProbeSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
            if (OperatingSystem.IsLinux())
            {
                RetransmissionLimit.Apply(socket, FailureTimeout(time));
            }
        }
    }
}
