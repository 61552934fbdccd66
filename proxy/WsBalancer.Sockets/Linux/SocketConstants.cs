namespace WsBalancer.Sockets.Linux;

/// <summary>Constants of sockets on Linux (bits/socket.h, asm-generic/socket.h, linux/tcp.h).</summary>
internal static class SocketConstants
{
    /// <summary>SOL_SOCKET.</summary>
    public const int SocketLevel = 1;

    /// <summary>AF_UNIX.</summary>
    public const int UnixFamily = 1;

    /// <summary>AF_INET.</summary>
    public const int InternetFamily = 2;

    /// <summary>AF_INET6.</summary>
    public const int InternetFamily6 = 10;

    /// <summary>SO_ERROR.</summary>
    public const int ErrorOption = 4;

    /// <summary>SO_KEEPALIVE.</summary>
    public const int KeepAliveOption = 9;

    /// <summary>SO_LINGER.</summary>
    public const int LingerOption = 13;

    /// <summary>IPPROTO_TCP: TCP as a protocol, and as a level of options.</summary>
    public const int Tcp = 6;

    /// <summary>TCP_NODELAY.</summary>
    public const int NoDelayOption = 1;

    /// <summary>TCP_KEEPIDLE, in seconds.</summary>
    public const int KeepAliveSilenceOption = 4;

    /// <summary>TCP_KEEPINTVL, in seconds.</summary>
    public const int KeepAliveIntervalOption = 5;

    /// <summary>TCP_KEEPCNT.</summary>
    public const int KeepAliveCountOption = 6;

    /// <summary>TCP_INFO, whose first byte is the state of the connection.</summary>
    public const int TcpInfoOption = 11;

    /// <summary>TCP_CLOSE (netinet/tcp.h): the connection was reset, or has ended.</summary>
    public const byte ClosedState = 7;

    /// <summary>TCP_USER_TIMEOUT, in milliseconds.</summary>
    public const int UserTimeoutOption = 18;

    /// <summary>TCP_RTO_MAX_MS (since Linux 6.15): the longest pause between two retransmissions, in milliseconds.
    /// </summary>
    public const int LongestPauseOption = 44;

    /// <summary>TCP_CLOSE_WAIT (netinet/tcp.h): the peer has sent FIN, and this side has not.</summary>
    public const byte CloseWaitState = 8;

    /// <summary>MSG_DONTWAIT.</summary>
    public const int DoNotWait = 0x40;

    /// <summary>MSG_WAITALL.</summary>
    public const int WaitAll = 0x100;

    /// <summary>MSG_NOSIGNAL: a send to a disconnected peer returns an error and raises no SIGPIPE.</summary>
    public const int NoSignal = 0x4000;

    /// <summary>SHUT_WR.</summary>
    public const int ShutWrite = 1;

    /// <summary>SHUT_RDWR.</summary>
    public const int ShutBoth = 2;

    /// <summary>SOCK_NONBLOCK.</summary>
    public const int NonBlocking = 0x800;

    /// <summary>SOCK_CLOEXEC.</summary>
    public const int CloseOnExec = 0x80000;

    /// <summary>SOCK_STREAM.</summary>
    public const int Stream = 1;

    /// <summary>IPPROTO_IP, also for sockets of IPv6.</summary>
    public const int InternetLevel = 0;

    /// <summary>IP_BIND_ADDRESS_NO_PORT (linux/in.h): bind(2) takes an address, and connect(2) the port.</summary>
    public const int BindAddressNoPortOption = 24;
}
