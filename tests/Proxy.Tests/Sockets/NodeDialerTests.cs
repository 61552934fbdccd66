using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using WsBalancer.Proxy.Sockets;

namespace WsBalancer.Proxy.Tests.Sockets;

public sealed class NodeDialerTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly TimerLog _time = new();
    private readonly NodeDialer _dialer;
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public NodeDialerTests()
    {
        _dialer = new NodeDialer(
            new NameCache(_time, NullLogger<NameCache>.Instance),
            new SourceAddresses(new SocketsOptions(), NullLogger<SourceAddresses>.Instance),
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

    public void Dispose() => _listener.Dispose();

    private static int Option(Socket socket, SocketOptionLevel level, SocketOptionName name) =>
        (int)socket.GetSocketOption(level, name)!;

    private Task<Socket> ConnectAsync(string host, TimeSpan? keepAlive) => _dialer.ConnectAsync(
        host, Port, Second, keepAlive, TestContext.Current.CancellationToken).AsTask();
}
