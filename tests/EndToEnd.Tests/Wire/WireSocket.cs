using System.Net;
using System.Net.Sockets;

namespace WsBalancer.EndToEnd.Tests.Wire;

/// <summary>A TCP connection.</summary>
internal sealed class WireSocket(Socket socket) : WireEnd
{
    /// <summary>The address of the other end.</summary>
    public IPEndPoint Peer => (IPEndPoint)socket.RemoteEndPoint!;

    /// <summary>
    /// Limits the segments that the peers of a socket, or of the connections of a listener, send to the size of a
    /// network's. Must be called before the socket connects or listens. On loopback a segment has 64 KB, and the
    /// kernel's buffers grow with it to megabytes, so that back pressure hardly ever occurs.
    /// </summary>
    public static void UseShortSegments(Socket socket)
    {
        // IPPROTO_TCP, TCP_MAXSEG (netinet/tcp.h).
        socket.SetRawSocketOption(6, 2, BitConverter.GetBytes(1400));
    }

    /// <summary>
    /// Checks every second whether the peer is still connected (TCP keep-alive). A reset that arrives while the receive
    /// buffer is full is outside the window: the kernel first sends a challenge ACK (RFC 5961, 3.2), but not twice in
    /// half a second. Without a challenge, the reset is ignored.
    /// </summary>
    public void ProbePeer()
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 1);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 1);
    }

    /// <summary>Limits the kernel's receive buffer, after which the peer must wait.</summary>
    public void LimitReceiveBuffer(int bytes) => socket.ReceiveBufferSize = bytes;

    public override void HalfClose() => socket.Shutdown(SocketShutdown.Send);

    public override void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    public override void Dispose() => socket.Dispose();

    protected override async Task Transmit(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes, cancellation)..];
        }
    }

    protected override ValueTask<int> Receive(Memory<byte> buffer, CancellationToken cancellation) =>
        socket.ReceiveAsync(buffer, cancellation);
}
