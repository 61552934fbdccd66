namespace WsBalancer.Proxy.Sockets.Linux;

/// <summary>Constants of sockets on Linux (bits/socket.h, asm-generic/socket.h, linux/tcp.h).</summary>
internal static class SocketConstants
{
    /// <summary>SOL_SOCKET.</summary>
    public const int SocketLevel = 1;

    /// <summary>SO_ERROR.</summary>
    public const int ErrorOption = 4;

    /// <summary>SO_LINGER.</summary>
    public const int LingerOption = 13;

    /// <summary>MSG_DONTWAIT.</summary>
    public const int DoNotWait = 0x40;

    /// <summary>MSG_WAITALL.</summary>
    public const int WaitAll = 0x100;

    /// <summary>MSG_NOSIGNAL: a peer that is gone is an error, not a signal.</summary>
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
}
