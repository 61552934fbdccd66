using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using WsBalancer.Sockets.Linux;
using WsBalancer.Sockets.Loops;

namespace WsBalancer.Proxy.Tests.Sockets.Loops;

public sealed class ListeningTests : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Acceptor _accepted = new();

    public ListeningTests()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        _listener.Blocking = false;
    }

    private int Descriptor => (int)_listener.Handle;

    [Theory]
    [ClassData<Engines>]
    public async Task Listener_OfTwoLoops_GetsEveryClientOnce(string engine)
    {
        using var one = Engines.Start(engine);
        using var two = Engines.Start(engine);
        var listeners = new[] { await ListenAsync(one), await ListenAsync(two) };
        using var clients = new Clients();

        for (var i = 0; i < 400; i++)
        {
            clients.Connect(_listener.LocalEndPoint!);
        }

        await Deadline.Until("all are accepted", () => _accepted.Sockets.Count >= 400);
        Assert.Equal(clients.Ports, _accepted.Sockets.Select(PortOf).Order());
        Assert.DoesNotContain(_accepted.Sockets, Blocks);
        await one.OnLoop(listeners[0].Close);
        await two.OnLoop(listeners[1].Close);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Listener_WithAFullBacklog_GetsAll(string engine)
    {
        using var clients = new Clients();
        for (var i = 0; i < 200; i++)
        {
            clients.Connect(_listener.LocalEndPoint!);
        }

        using var loop = Engines.Start(engine);
        var listener = await ListenAsync(loop);

        await Deadline.Until("all are accepted", () => _accepted.Sockets.Count >= 200);
        Assert.Equal(clients.Ports, _accepted.Sockets.Select(PortOf).Order());
        await loop.OnLoop(listener.Close);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Listener_ThatCannotAccept_ReportsItOnce_AndContinuesWithTheNextAccept(string engine)
    {
        using var loop = Engines.Start(engine);
        var listener = await ListenAsync(loop);
        using var clients = new Clients();

        // A socket that no longer listens cannot accept: a failure that a test can cause, and end.
        Assert.Equal(0, LibC.Shutdown(Descriptor, SocketConstants.ShutBoth));
        await Deadline.Until("it is told", () => !_accepted.Errors.IsEmpty);
        Assert.Equal(0, LibC.Listen(Descriptor, 16));
        clients.Connect(_listener.LocalEndPoint!);
        await loop.OnLoop(() => { });
        await loop.OnLoop(() => { });
        Assert.Equal([Errno.InvalidArgument], _accepted.Errors);
        Assert.Empty(_accepted.Sockets);

        await loop.OnLoop(listener.Accept);

        await Deadline.Until("the client is accepted", () => _accepted.Sockets.Count == 1);
        await loop.OnLoop(listener.Close);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Listener_ThatIsClosed_AcceptsNothing(string engine)
    {
        using var loop = Engines.Start(engine);
        using var other = Engines.Start(engine);
        var closed = await ListenAsync(loop);
        await loop.OnLoop(closed.Close);
        await loop.OnLoop(closed.Accept);
        using var clients = new Clients();

        clients.Connect(_listener.LocalEndPoint!);
        await loop.OnLoop(() => { });
        await loop.OnLoop(() => { });
        Assert.Empty(_accepted.Sockets);

        // The pending connection is still there for another listener.
        var listener = await ListenAsync(other);
        await Deadline.Until("the other gets it", () => _accepted.Sockets.Count == 1);
        await other.OnLoop(listener.Close);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Listener_ClosedInsideOfACall_NotifiesNoMore(string engine)
    {
        using var clients = new Clients();
        for (var i = 0; i < 10; i++)
        {
            clients.Connect(_listener.LocalEndPoint!);
        }

        using var loop = Engines.Start(engine);
        LoopListener? listener = null;
        _accepted.OnAccepted = () => listener!.Close();
        await loop.OnLoop(() =>
        {
            listener = loop.Listen(Descriptor, _accepted);
            listener.Accept();
        });

        await Deadline.Until("one is accepted", () => !_accepted.Sockets.IsEmpty);
        await loop.OnLoop(() => { });
        await loop.OnLoop(() => { });
        Assert.Single(_accepted.Sockets);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Handler_ThatThrows_LosesNoOtherClient(string engine)
    {
        using var loop = Engines.Start(engine);
        var listener = await ListenAsync(loop);
        using var clients = new Clients();
        _accepted.OnAccepted = () => throw new InvalidOperationException("A fault of the test.");

        for (var i = 0; i < 20; i++)
        {
            clients.Connect(_listener.LocalEndPoint!);
        }

        await Deadline.Until("all are accepted", () => _accepted.Sockets.Count == 20);
        await loop.OnLoop(listener.Close);
    }

    public void Dispose()
    {
        _accepted.Dispose();
        _listener.Dispose();
    }

    private static int PortOf(Socket socket) => ((IPEndPoint)socket.RemoteEndPoint!).Port;

    // The flags in the kernel, "flags: 02004002" in octal, contain O_NONBLOCK.
    private static bool Blocks(Socket socket)
    {
        var flags = File.ReadLines($"/proc/self/fdinfo/{socket.Handle}").Single(line => line.StartsWith("flags:"));
        return (Convert.ToInt32(flags["flags:".Length..].Trim(), 8) & SocketConstants.NonBlocking) == 0;
    }

    private Task<LoopListener> ListenAsync(EventLoop loop) => loop.OnLoop(() =>
    {
        var listener = loop.Listen(Descriptor, _accepted);
        listener.Accept();
        return listener;
    });

    private sealed class Acceptor : IAcceptHandler, IDisposable
    {
        public ConcurrentQueue<Socket> Sockets { get; } = new();

        public ConcurrentQueue<int> Errors { get; } = new();

        public Action? OnAccepted { get; set; }

        public void Accepted(int descriptor)
        {
            Sockets.Enqueue(new Socket(new SafeSocketHandle(descriptor, ownsHandle: true)));
            OnAccepted?.Invoke();
        }

        public void AcceptFailed(int error) => Errors.Enqueue(error);

        public void Dispose()
        {
            foreach (var socket in Sockets)
            {
                socket.Dispose();
            }
        }
    }

    private sealed class Clients : IDisposable
    {
        private readonly List<Socket> _sockets = [];

        /// <summary>The local ports of the clients, lowest first.</summary>
        public IEnumerable<int> Ports => _sockets.Select(socket => ((IPEndPoint)socket.LocalEndPoint!).Port).Order();

        public void Connect(EndPoint listener)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _sockets.Add(socket);
            socket.Connect(listener);
        }

        public void Dispose() => _sockets.ForEach(socket => socket.Dispose());
    }
}
