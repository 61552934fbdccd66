using System.Net.Sockets;

namespace WsBalancer.Sockets.Linux;

/// <summary>The state of a TCP connection in the kernel, whether its bytes are read or not.</summary>
internal static unsafe class TcpState
{
    /// <summary>Whether the connection was reset, or has ended on both sides. False if the descriptor is no TCP socket.
    /// </summary>
    public static bool IsClosed(Kernel kernel, int descriptor) =>
        Read(kernel, descriptor) == SocketConstants.ClosedState;

    /// <summary>Whether the peer of a socket has sent FIN or RST. False if the descriptor is no TCP socket.</summary>
    public static bool HasPeerFinished(Kernel kernel, int descriptor) =>
        IsFinished(Read(kernel, descriptor));

    /// <summary>
    /// Whether the peer of a socket has sent FIN or RST, or the socket is closed. False on other systems than Linux,
    /// and if the socket is not a TCP socket.
    /// </summary>
    public static bool HasPeerFinished(Socket socket)
    {
        if (!OperatingSystem.IsLinux() || socket.ProtocolType != ProtocolType.Tcp)
        {
            return false;
        }

        try
        {
            Span<byte> state = stackalloc byte[1];
            _ = socket.GetRawSocketOption(SocketConstants.Tcp, SocketConstants.TcpInfoOption, state);
            return IsFinished(state[0]);
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            return true;
        }
    }

    // Returns 0, which is no TCP state, if the kernel refuses.
    private static byte Read(Kernel kernel, int descriptor)
    {
        byte state;
        uint length = sizeof(byte);
        return kernel.GetSocketOption(
            descriptor, SocketConstants.Tcp, SocketConstants.TcpInfoOption, &state, &length) == 0
            ? state
            : (byte)0;
    }

    private static bool IsFinished(byte state) =>
        state is SocketConstants.CloseWaitState or SocketConstants.ClosedState;
}
