using System.Text;
using WsBalancer.Sockets.Loops;

namespace WsBalancer.Proxy.Tests.Sockets.Transport;

/// <summary>Returns all bytes that a detached socket receives, in capitals.</summary>
internal sealed class EchoSocket : ISocketHandler
{
    private readonly LoopSocket _socket;

    private EchoSocket(LoopSocket socket) => _socket = socket;

    /// <summary>Must be called on the loop's thread.</summary>
    public static void Start(DetachedSocket detached)
    {
        Assert.Same(detached.Socket.Loop, EventLoop.Current);
        var echo = new EchoSocket(detached.Socket);
        detached.Socket.Handler = echo;
        echo.OnReceived(detached.Unread.Span);
        if (detached.Ended)
        {
            echo.OnEof();
        }
        else
        {
            detached.Socket.Receive();
        }
    }

    public void OnReceived(ReadOnlySpan<byte> bytes)
    {
        var capitals = new byte[bytes.Length];
        _ = Ascii.ToUpper(bytes, capitals, out _);
        _socket.Send(capitals);
    }

    public void OnWritable()
    {
        // The socket keeps all bytes that the kernel does not accept.
    }

    public void OnEof()
    {
        if (_socket.UnsentBytes == 0)
        {
            _socket.Close();
        }
        else
        {
            _socket.ShutdownSend();
        }
    }

    public void OnError(int error) => _socket.Close();
}
