using WsBalancer.Sockets.Loops;

namespace WsBalancer.Proxy.Tests.Sockets.Simulation;

/// <summary>Wraps a handler, and checks that the socket keeps the contract of <see cref="ISocketHandler"/>.</summary>
internal sealed class StrictHandler(World world, LoopSocket socket, ISocketHandler inner) : ISocketHandler
{
    private bool _isCalled;
    private bool _hasEnded;
    private bool _hasFailed;

    /// <summary>Replaces a socket's handler by one that checks it.</summary>
    public static void Guard(World world, LoopSocket socket) =>
        socket.Handler = new StrictHandler(world, socket, socket.Handler);

    public void OnReceived(ReadOnlySpan<byte> bytes)
    {
        Begin("Received");
        world.Check(!bytes.IsEmpty, "a handler receives no bytes");
        world.Check(!_hasEnded, "a handler receives bytes after the end");
        inner.OnReceived(bytes);
        _isCalled = false;
    }

    public void OnWritable()
    {
        Begin("Writable");
        inner.OnWritable();
        _isCalled = false;
    }

    public void OnEof()
    {
        Begin("Ended");
        world.Check(!_hasEnded, "a handler is notified of the end twice");
        _hasEnded = true;
        inner.OnEof();
        _isCalled = false;
    }

    public void OnError(int error)
    {
        Begin("Failed");
        world.Check(error > 0, "a handler is notified of a failure without an error");
        _hasFailed = true;
        inner.OnError(error);
        _isCalled = false;
    }

    private void Begin(string call)
    {
        world.Check(!_isCalled, $"{call} of a handler is called from inside another call");
        world.Check(!socket.IsClosed, $"{call} of a handler is called after its socket is closed");
        world.Check(!_hasFailed, $"{call} of a handler is called after the failure");
        _isCalled = true;
    }
}
