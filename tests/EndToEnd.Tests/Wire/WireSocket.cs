using System.Net;
using System.Net.Sockets;

namespace WsBalancer.EndToEnd.Tests.Wire;

/// <summary>A TCP connection.</summary>
internal sealed class WireSocket(Socket socket) : WireEnd
{
    /// <summary>Where the other end is.</summary>
    public IPEndPoint Peer => (IPEndPoint)socket.RemoteEndPoint!;

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
