using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using WsBalancer.Proxy.Tests.Sockets.Names;
using WsBalancer.Sockets.Loops;
using WsBalancer.Sockets.Names;
using WsBalancer.Sockets.Tcp;

namespace WsBalancer.Proxy.Tests.Sockets.Loops;

/// <summary>Connects to a node whose name has several addresses.</summary>
public sealed class LoopDialerNameTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(250);
    private static readonly IPAddress Other = IPAddress.Parse("127.0.0.2");

    private readonly TimerLog _time = new();
    private readonly FakeResolver _resolver = new("127.0.0.1");
    private readonly NameCache _names;
    private readonly LoopDialer _dialer;
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public LoopDialerNameTests()
    {
        _names = _resolver.Cache(_time);
        _dialer = new LoopDialer(
            _names, new SourceAddressPool([], NullLogger<SourceAddressPool>.Instance), _time);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Connect_WhileAnAddressIsSilent_TriesTheNext_WhichIsRemembered(string engine)
    {
        _listener.Listen();
        using var silent = new UnansweringPort(Other, PortOf(_listener));
        _resolver.Answer("127.0.0.2", "127.0.0.1", "127.0.0.3");
        using var loop = Engines.Start(engine);
        await _names.FindAsync("node", TestContext.Current.CancellationToken);
        var connect = ConnectAsync(loop, "node", PortOf(_listener));
        await _time.Until(due => due == Second, 1);
        _time.Advance(Delay - TimeSpan.FromMilliseconds(1));
        await loop.OnLoop(() => { });
        Assert.Equal(1, loop.SocketCount);

        _time.Advance(TimeSpan.FromMilliseconds(1));

        var socket = await connect;
        Assert.Equal("127.0.0.1", AddressOf(socket));
        Assert.Equal(1, loop.SocketCount);
        var again = await ConnectAsync(loop, "node", PortOf(_listener));
        Assert.Equal("127.0.0.1", AddressOf(again));
        await loop.OnLoop(socket.Close);
        await loop.OnLoop(again.Close);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Connect_ToAnAddressThatAnswersLate_ContinuesBesideTheOthers(string engine)
    {
        _listener.Listen();
        using var late = new UnansweringPort(Other, PortOf(_listener));
        using var silent = new UnansweringPort(IPAddress.Parse("127.0.0.3"), PortOf(_listener));
        _resolver.Answer("127.0.0.2", "127.0.0.3");
        using var loop = Engines.Start(engine);
        await _names.FindAsync("node", TestContext.Current.CancellationToken);
        var connect = ConnectAsync(loop, "node", PortOf(_listener));
        await _time.Until(due => due == Second, 1);
        _time.Advance(Delay);
        await Deadline.Until("two addresses are tried", () => loop.SocketCount == 2);

        var accepting = late.AcceptAsync();

        var socket = await connect;
        Assert.Equal("127.0.0.2", AddressOf(socket));
        Assert.Equal(1, loop.SocketCount);
        late.Dispose();
        await accepting;
        await loop.OnLoop(socket.Close);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Connect_ByName_WhenAllAddressesRefuse_IsRefused(string engine)
    {
        _resolver.Answer("127.0.0.2", "127.0.0.3", "127.0.0.1");
        using var loop = Engines.Start(engine);

        var failure = await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(loop, "node", PortOf(_listener)));

        Assert.Equal(SocketError.ConnectionRefused, failure.SocketErrorCode);
        Assert.Equal(0, loop.SocketCount);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Connect_ByName_WhenNoAddressAnswers_TimesOut_AndClosesAll(string engine)
    {
        using var silent = new UnansweringPort(Other, PortOf(_listener));
        using var refusing = new UnansweringPort(IPAddress.Parse("127.0.0.3"), PortOf(_listener));
        _resolver.Answer("127.0.0.2", "127.0.0.1", "127.0.0.3");
        using var loop = Engines.Start(engine);
        await _names.FindAsync("node", TestContext.Current.CancellationToken);
        var connect = ConnectAsync(loop, "node", PortOf(_listener));
        await _time.Until(due => due == Second, 1);
        _time.Advance(Delay);
        await Deadline.Until("two addresses are silent, one has refused", () => loop.SocketCount == 2);

        _time.Advance(Second - Delay);

        var failure = await Assert.ThrowsAsync<SocketException>(() => connect);
        Assert.Equal(SocketError.TimedOut, failure.SocketErrorCode);
        Assert.Equal(0, loop.SocketCount);
    }

    // A node with one address needs no timer but the deadline.
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("node")]
    public async Task Connect_ToOneAddress_HasOneTimer(string host)
    {
        _listener.Listen();
        using var loop = Engines.Start("epoll");
        await (await ConnectAsync(loop, "node", PortOf(_listener))).Loop.OnLoop(() => { });
        var before = _time.Due.Count;

        _ = await ConnectAsync(loop, host, PortOf(_listener));

        Assert.Equal([Second], _time.Due.Skip(before));
    }

    public void Dispose()
    {
        _names.Dispose();
        _listener.Dispose();
    }

    private static int PortOf(Socket listener) => ((IPEndPoint)listener.LocalEndPoint!).Port;

    private static string AddressOf(LoopSocket socket)
    {
        using var borrowed = new Socket(new SafeSocketHandle(socket.Descriptor, ownsHandle: false));
        return ((IPEndPoint)borrowed.RemoteEndPoint!).Address.ToString();
    }

    private Task<LoopSocket> ConnectAsync(EventLoop loop, string host, int port) => loop.OnLoopAsync(
        () => _dialer.ConnectAsync(
            loop, host, port, Second, null, new Recorder(), TestContext.Current.CancellationToken));
}
