using System.Net;
using System.Net.Sockets;

namespace WsBalancer.EndToEnd.Tests.Wire;

/// <summary>A TCP connection.</summary>
internal sealed class WireSocket(Socket socket) : WireEnd
{
    /// <summary>Where the other end is.</summary>
    public IPEndPoint Peer => (IPEndPoint)socket.RemoteEndPoint!;

    /// <summary>
    /// Has the peers of a socket, or of those that a listener accepts, send segments no longer than a network's: to be
    /// called first. On loopback a segment has 64 KB, and the kernel's buffers grow with it to megabytes, so that
    /// hardly anybody is ever held up.
    /// </summary>
    public static void UseShortSegments(Socket socket)
    {
        // IPPROTO_TCP, TCP_MAXSEG (netinet/tcp.h).
        socket.SetRawSocketOption(6, 2, BitConverter.GetBytes(1400));
    }

    /// <summary>
    /// Asks every second whether the peer is still there. A reset that finds a full buffer is out of the window for the
    /// kernel, which asks back first (RFC 5961, 3.2), but not twice in half a second: then it is not told at all.
    /// </summary>
    public void ProbePeer()
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 1);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 1);
    }

    /// <summary>Lets the kernel keep only so much for this end before it holds the peer up.</summary>
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
