using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Proxy.Tests.Sockets.Names;
using WsBalancer.Sockets.Tcp;

namespace WsBalancer.Proxy.Tests.Sockets;

public sealed class NodeDialerTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(250);
    private static readonly IPAddress Other = IPAddress.Parse("127.0.0.2");

    private readonly TimerLog _time = new();
    private readonly FakeResolver _resolver = new("127.0.0.1");
    private readonly NodeDialer _dialer;
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public NodeDialerTests()
    {
        _dialer = new NodeDialer(
            _resolver.Cache(_time),
            new SourceAddressPool([], NullLogger<SourceAddressPool>.Instance),
            _time);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    }

    private int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task Connect_ToAListener_GivesASocketThatIsProbedInSilence(string host)
    {
        _listener.Listen();

        using var socket = await ConnectAsync(host, keepAlive: TimeSpan.FromSeconds(60));

        Assert.True(socket.Connected);
        Assert.True(socket.NoDelay);
        Assert.Equal(1, Option(socket, SocketOptionLevel.Socket, SocketOptionName.KeepAlive));
        Assert.Equal(60, Option(socket, SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime));
        SocketRetransmissions.AssertLimited(socket, TimeSpan.FromSeconds(120));
    }

    [Fact]
    public async Task Connect_WithoutKeepAlive_LeavesItOff()
    {
        _listener.Listen();

        using var socket = await ConnectAsync("127.0.0.1", keepAlive: null);

        Assert.Equal(0, Option(socket, SocketOptionLevel.Socket, SocketOptionName.KeepAlive));
    }

    [Fact]
    public async Task Connect_ToAClosedPort_IsRefused()
    {
        var failure = await Assert.ThrowsAsync<SocketException>(() => ConnectAsync("127.0.0.1", keepAlive: null));

        Assert.Equal(SocketError.ConnectionRefused, failure.SocketErrorCode);
    }

    [Fact]
    public async Task Connect_ThatIsNotAnswered_TimesOut()
    {
        using var busy = new UnansweringPort();
        var connect = _dialer.ConnectAsync(
            "127.0.0.1", busy.Port, Second, null, TestContext.Current.CancellationToken).AsTask();
        _time.Advance(Second - TimeSpan.FromMilliseconds(1));
        Assert.False(connect.IsCompleted);

        _time.Advance(TimeSpan.FromMilliseconds(1));

        var failure = await Assert.ThrowsAsync<SocketException>(() => connect);
        Assert.Equal(SocketError.TimedOut, failure.SocketErrorCode);
    }

    [Fact]
    public async Task Connect_CancelledByItsCaller_IsCancelled()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _dialer.ConnectAsync("127.0.0.1", Port, Second, null, cancelled.Token).AsTask());
    }

    [Fact]
    public async Task Connect_WhileAnAddressIsSilent_TriesTheNext_WhichIsRemembered()
    {
        _listener.Listen();
        using var silent = new UnansweringPort(Other, Port);
        _resolver.Answer("127.0.0.2", "127.0.0.1", "127.0.0.3");
        var connect = ConnectAsync("node", null);
        await _time.Until(due => due == Delay, 1);
        _time.Advance(Delay - TimeSpan.FromMilliseconds(1));
        Assert.False(connect.IsCompleted);

        _time.Advance(TimeSpan.FromMilliseconds(1));

        using var socket = await connect;
        Assert.Equal("127.0.0.1", AddressOf(socket));
        using var again = await ConnectAsync("node", null);
        Assert.Equal("127.0.0.1", AddressOf(again));
    }

    [Fact]
    public async Task Connect_ToAnAddressThatAnswersLate_ContinuesBesideTheOthers()
    {
        using var late = new UnansweringPort(Other, Port);
        using var silent = new UnansweringPort(IPAddress.Parse("127.0.0.3"), Port);
        _resolver.Answer("127.0.0.2", "127.0.0.3");
        var connect = ConnectAsync("node", null);
        await _time.Until(due => due == Delay, 1);
        _time.Advance(Delay);

        var accepting = late.AcceptAsync();

        using var socket = await connect;
        Assert.Equal("127.0.0.2", AddressOf(socket));
        late.Dispose();
        await accepting;
    }

    [Fact]
    public async Task Connect_ByName_MovesOnAtOnceWhenRefused()
    {
        _listener.Listen();
        _resolver.Answer("127.0.0.2", "::1", "127.0.0.1");

        using var socket = await ConnectAsync("node", null);

        Assert.Equal("127.0.0.1", AddressOf(socket));
    }

    [Fact]
    public async Task Connect_ByName_WhenAllAddressesRefuse_IsRefused()
    {
        _resolver.Answer("127.0.0.2", "127.0.0.3", "127.0.0.1");

        var failure = await Assert.ThrowsAsync<SocketException>(() => ConnectAsync("node", null));

        Assert.Equal(SocketError.ConnectionRefused, failure.SocketErrorCode);
    }

    [Fact]
    public async Task Connect_ByName_WhenNoAddressAnswers_TimesOut()
    {
        using var silent = new UnansweringPort(Other, Port);
        using var alsoSilent = new UnansweringPort(IPAddress.Parse("127.0.0.3"), Port);
        _resolver.Answer("127.0.0.2", "127.0.0.1", "127.0.0.3");
        var connect = ConnectAsync("node", null);
        await _time.Until(due => due == Delay, 1);

        _time.Advance(Second);

        var failure = await Assert.ThrowsAsync<SocketException>(() => connect);
        Assert.Equal(SocketError.TimedOut, failure.SocketErrorCode);
    }

    [Fact]
    public async Task AConnection_IsCurrent_ForAsLongAsItsNameHasTheAddress()
    {
        _listener.Listen();
        using var byName = await ConnectAsync("node", null);
        using var byAddress = await ConnectAsync("127.0.0.1", null);
        Assert.True(_dialer.IsCurrent("node", byName));

        _resolver.Answer("127.0.0.2");
        _time.Advance(TimeSpan.FromSeconds(15));

        await Deadline.Until("the name has another address", () => !_dialer.IsCurrent("node", byName));
        Assert.True(_dialer.IsCurrent("127.0.0.1", byAddress));
    }

    // A node with one address needs no timer but the deadline.
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("node")]
    public async Task Connect_ToOneAddress_HasOneTimer(string host)
    {
        _listener.Listen();
        (await ConnectAsync("node", null)).Dispose();
        var before = _time.Due.Count;

        (await ConnectAsync(host, null)).Dispose();

        Assert.Equal([Second], _time.Due.Skip(before));
    }

    public void Dispose() => _listener.Dispose();

    private static string AddressOf(Socket socket) => ((IPEndPoint)socket.RemoteEndPoint!).Address.ToString();

    private static int Option(Socket socket, SocketOptionLevel level, SocketOptionName name) =>
        (int)socket.GetSocketOption(level, name)!;

    private Task<Socket> ConnectAsync(string host, TimeSpan? keepAlive) => _dialer.ConnectAsync(
        host, Port, Second, keepAlive, TestContext.Current.CancellationToken).AsTask();
}
