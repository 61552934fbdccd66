using System.Net.Sockets;
using WsBalancer.Sockets.Tcp;

namespace WsBalancer.Proxy.Tests.Sockets;

public sealed class TcpKeepAliveTests
{
    // A client at a Unix socket is on this machine, and TCP options fail on its socket.
    [Fact]
    public void UnixSocket_IsLeftAsItIs()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

        socket.KeepAlive(TimeSpan.FromSeconds(60));

        Assert.Equal(0, socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive));
    }
}
