using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using WsBalancer.Proxy.Tests.Sockets.Names;
using WsBalancer.Sockets.Loops;
using WsBalancer.Sockets.Names;
using WsBalancer.Sockets.Tcp;

namespace WsBalancer.Proxy.Tests.Sockets.Loops;

public sealed class LoopDialerTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly TimerLog _time = new();
    private readonly FakeResolver _resolver = new("127.0.0.1");
    private readonly NameCache _names;
    private readonly LoopDialer _dialer;
    private readonly Recorder _recorder = new();
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public LoopDialerTests()
    {
        _names = _resolver.Cache(_time);
        _dialer = Create();
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Connect_ToAListener_GivesASocketThatIsProbedInSilence(string engine)
    {
        _listener.Listen();
        using var loop = Engines.Start(engine);

        var socket = await ConnectAsync(loop, "127.0.0.1", PortOf(_listener), TimeSpan.FromSeconds(60));

        Assert.Equal(1, Option(socket, SocketOptionLevel.Tcp, SocketOptionName.NoDelay));
        Assert.Equal(1, Option(socket, SocketOptionLevel.Socket, SocketOptionName.KeepAlive));
        Assert.Equal(60, Option(socket, SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime));
        Assert.Equal(
            TcpKeepAlive.ProbeSeconds, Option(socket, SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval));
        Assert.Equal(
            TcpKeepAlive.Probes, Option(socket, SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount));
        using (var borrowed = Borrow(socket))
        {
            SocketRetransmissions.AssertLimited(borrowed, TimeSpan.FromSeconds(120));
        }

        await loop.OnLoop(socket.Close);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Connect_UsesASourceAddress(string engine)
    {
        _listener.Listen();
        using var loop = Engines.Start(engine);
        var dialer = Create(IPAddress.Parse("127.0.0.2"));

        var socket = await ConnectAsync(loop, "127.0.0.1", PortOf(_listener), dialer: dialer);
        using var peer = await AcceptAsync(_listener);

        Assert.Equal("127.0.0.2", ((IPEndPoint)peer.RemoteEndPoint!).Address.ToString());
        await loop.OnLoop(socket.Close);
    }

    // TEST-NET-1 (RFC 5737): no machine has this address.
    [Theory]
    [ClassData<Engines>]
    public async Task Connect_FromAForeignAddress_IsAFaultOfOurOwn(string engine)
    {
        _listener.Listen();
        using var loop = Engines.Start(engine);
        var dialer = Create(IPAddress.Parse("192.0.2.1"));

        var failure = await Assert.ThrowsAsync<SocketException>(
            () => ConnectAsync(loop, "127.0.0.1", PortOf(_listener), dialer: dialer));

        Assert.Equal(SocketError.AddressNotAvailable, failure.SocketErrorCode);
        Assert.True(LocalFault.Is(failure));
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Connect_ByName_TakesTheFirstAddressThatAccepts(string engine)
    {
        // The first address refuses the connection: the second attempt starts at once.
        _resolver.Answer("127.0.0.2", "127.0.0.1");
        _listener.Listen();
        using var loop = Engines.Start(engine);

        var socket = await ConnectAsync(loop, "localhost", PortOf(_listener));
        using var peer = await AcceptAsync(_listener);
        peer.Send("hello"u8);
        await loop.OnLoop(socket.Receive);

        await Deadline.Until("the peer's bytes have come", () => _recorder.Length == 5);
        Assert.Equal(0, Option(socket, SocketOptionLevel.Socket, SocketOptionName.KeepAlive));
        Assert.Equal(1, loop.SocketCount);
        await loop.OnLoop(socket.Close);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Connect_ToAnAddressOfIPv6_Connects(string engine)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        using var listener = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        listener.Listen();
        using var loop = Engines.Start(engine);

        var socket = await ConnectAsync(loop, "::1", PortOf(listener));

        using var peer = await AcceptAsync(listener);
        await loop.OnLoop(socket.Close);
        Assert.Equal(0, await peer.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken));
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Connect_ToAClosedPort_IsRefused(string engine)
    {
        using var loop = Engines.Start(engine);

        var failure = await Assert.ThrowsAsync<SocketException>(
            () => ConnectAsync(loop, "127.0.0.1", PortOf(_listener)));

        Assert.Equal(SocketError.ConnectionRefused, failure.SocketErrorCode);
        Assert.Equal(0, loop.SocketCount);
        Assert.Equal(0, _recorder.Calls);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Connect_ThatTheKernelRefusesAtOnce_FailsLikeOneRefusedLater(string engine)
    {
        using var loop = Engines.Start(engine);

        // TCP cannot connect to a multicast address: connect(2) itself fails.
        var failure = await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(loop, "224.0.0.1", 1));

        Assert.Equal(SocketError.NetworkUnreachable, failure.SocketErrorCode);
        Assert.Equal(0, loop.SocketCount);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Connect_ThatIsNotAnswered_TimesOutAndIsClosed(string engine)
    {
        using var busy = new UnansweringPort();
        using var loop = Engines.Start(engine);
        var connect = ConnectAsync(loop, "127.0.0.1", busy.Port);
        await _time.Until(due => due == Second, 1);
        Assert.Equal(1, loop.SocketCount);

        _time.Advance(Second - TimeSpan.FromMilliseconds(1));
        await loop.OnLoop(() => { });
        Assert.False(connect.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        var failure = await Assert.ThrowsAsync<SocketException>(() => connect);
        Assert.Equal(SocketError.TimedOut, failure.SocketErrorCode);
        Assert.Equal(0, loop.SocketCount);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Connect_CancelledWhileUnderWay_IsCancelledAndClosed(string engine)
    {
        using var busy = new UnansweringPort();
        using var loop = Engines.Start(engine);
        using var cancelled = new CancellationTokenSource();
        var connect = ConnectAsync(loop, "127.0.0.1", busy.Port, null, cancelled.Token);
        await _time.Until(due => due == Second, 1);

        await cancelled.CancelAsync();

        var failure = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connect);
        Assert.Equal(cancelled.Token, failure.CancellationToken);
        Assert.Equal(0, loop.SocketCount);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Connect_CancelledBefore_IsCancelled(string engine)
    {
        using var loop = Engines.Start(engine);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => ConnectAsync(loop, "127.0.0.1", PortOf(_listener), null, new CancellationToken(canceled: true)));
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Connect_Completes_OnTheLoopsThread(string engine)
    {
        _listener.Listen();
        using var loop = Engines.Start(engine);

        var (socket, isOnLoop) = await loop.OnLoopAsync(async () =>
        {
            var connected = await _dialer.ConnectAsync(
                loop, "localhost", PortOf(_listener), Second, null, _recorder, TestContext.Current.CancellationToken);
            return (connected, loop.IsCurrent);
        });

        Assert.True(isOnLoop);
        await loop.OnLoop(socket.Close);
    }

    public void Dispose()
    {
        _names.Dispose();
        _listener.Dispose();
    }

    private static int PortOf(Socket listener) => ((IPEndPoint)listener.LocalEndPoint!).Port;

    private static async Task<Socket> AcceptAsync(Socket listener) =>
        await listener.AcceptAsync(TestContext.Current.CancellationToken);

    private static Socket Borrow(LoopSocket socket) => new(new SafeSocketHandle(socket.Descriptor, ownsHandle: false));

    private static int Option(LoopSocket socket, SocketOptionLevel level, SocketOptionName name)
    {
        using var borrowed = Borrow(socket);
        return (int)borrowed.GetSocketOption(level, name)!;
    }

    private LoopDialer Create(params IPAddress[] sources) => new(
        _names,
        new SourceAddressPool(sources, NullLogger<SourceAddressPool>.Instance),
        _time);

    private Task<LoopSocket> ConnectAsync(
        EventLoop loop,
        string host,
        int port,
        TimeSpan? keepAlive = null,
        CancellationToken? cancellation = null,
        LoopDialer? dialer = null) =>
        loop.OnLoopAsync(() => (dialer ?? _dialer).ConnectAsync(
            loop,
            host,
            port,
            Second,
            keepAlive,
            _recorder,
            cancellation ?? TestContext.Current.CancellationToken));
}
