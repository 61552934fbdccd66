using System.Net.Sockets;

namespace WsBalancer.Proxy.Sockets;

/// <summary>
/// How a peer that has disappeared without FIN or reset is noticed, whether it is silent or does not acknowledge what
/// was sent.
/// </summary>
internal static class TcpKeepAlive
{
    // Six probes ten seconds apart: a minute's outage of the network between does not end a tunnel.

    /// <summary>How long after a probe without an answer the next is sent.</summary>
    public const int ProbeSeconds = 10;

    /// <summary>After how many of them without an answer the peer is gone.</summary>
    public const int Probes = 6;

    /// <summary>
    /// The silence after which a peer is probed that has sent FIN and may wait for a response. Linux keeps a connection
    /// that its program has closed for 60 s (net.ipv4.tcp_fin_timeout), and responds to a probe with a reset after
    /// that.
    /// </summary>
    public static readonly TimeSpan OfHalfClosed = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The time after which a connection ends: of silence, or without an acknowledgement of what was sent.
    /// </summary>
    public static TimeSpan GoneAfter(TimeSpan silence) => silence + TimeSpan.FromSeconds(Probes * ProbeSeconds);

    /// <summary>
    /// Probes the peer after so much silence, and retransmits no longer than the probes take; null leaves the socket as
    /// it is, and so does a Unix socket.
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
                RetransmissionLimit.Apply(socket, GoneAfter(time));
            }
        }
    }
}
