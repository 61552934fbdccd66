using System.Text;
using WsBalancer.Proxy.Sockets.Loops;

namespace WsBalancer.Proxy.Tests.Sockets.Transport;

/// <summary>Sends everything back that comes on a socket which was taken away, in capitals.</summary>
internal sealed class EchoSocket : ISocketHandler
{
    private readonly LoopSocket _socket;

    private EchoSocket(LoopSocket socket) => _socket = socket;

    /// <summary>On the loop's thread.</summary>
    public static void Start(DetachedSocket detached)
    {
        Assert.Same(detached.Socket.Loop, EventLoop.Current);
        var echo = new EchoSocket(detached.Socket);
        detached.Socket.Handler = echo;
        echo.Received(detached.Unread.Span);
        if (detached.Ended)
        {
            echo.Ended();
        }
        else
        {
            detached.Socket.Receive();
        }
    }

    public void Received(ReadOnlySpan<byte> bytes)
    {
        var capitals = new byte[bytes.Length];
        _ = Ascii.ToUpper(bytes, capitals, out _);
        _socket.Send(capitals);
    }

    public void Writable()
    {
        // All is kept that is not taken.
    }

    public void Ended()
    {
        if (_socket.Unsent == 0)
        {
            _socket.Close();
        }
        else
        {
            _socket.Finish();
        }
    }

    public void Failed(int error) => _socket.Close();
}
