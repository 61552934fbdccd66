using System.Net.Sockets;

namespace WsBalancer.Proxy.Sockets;

/// <summary>TCP keep-alive: how a peer that is gone without a word is found out.</summary>
internal static class TcpKeepAlive
{
    // Six probes ten seconds apart: a minute's outage of the network between does not end a tunnel.
    private const int ProbeSeconds = 10;
    private const int Probes = 6;

    /// <summary>Probes the peer after so much silence; null leaves the socket as it is.</summary>
    public static void KeepAlive(this Socket socket, TimeSpan? silence)
    {
        if (silence is { } time)
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)time.TotalSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, ProbeSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
        }
    }
}
