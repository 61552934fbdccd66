using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using WsBalancer.Proxy.Settings;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Sockets.Linux;
using WsBalancer.Sockets.Names;
using WsBalancer.Sockets.Tcp;

namespace WsBalancer.Proxy.Tests.Sockets;

public sealed class SourceAddressesTests
{
    // TEST-NET-1 (RFC 5737): no machine has this address.
    private const string Foreign = "192.0.2.1";

    private readonly FakeLogger<SourceAddressPool> _logger = new();

    [Fact]
    public async Task NodeDialer_ConnectsFromEachInTurn()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere 127.0.0.1 is the only address there is for sure.");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var dialer = new NodeDialer(
            new NameCache(new SystemNameResolver(), TimeProvider.System, NullLogger<NameCache>.Instance),
            Create("127.0.0.2", "127.0.0.3"),
            TimeProvider.System);

        var peers = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            using var socket = await dialer.ConnectAsync(
                "127.0.0.1", Port(listener), TimeSpan.FromSeconds(10), null, TestContext.Current.CancellationToken);
            using var accepted = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
            peers.Add(((IPEndPoint)accepted.RemoteEndPoint!).Address.ToString());
        }

        Assert.Equal(["127.0.0.2", "127.0.0.3", "127.0.0.2", "127.0.0.3"], peers);
    }

    [Fact]
    public void BindTo_TakesEachInTurn_AndNoPortYet()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only event loops of Linux have descriptors.");
        Assert.SkipUnless(Socket.OSSupportsIPv6, "There is no IPv6 here.");
        var sources = Create("127.0.0.2", "::1", "127.0.0.3");

        Assert.Equal(
            ["127.0.0.2:0", "127.0.0.3:0", "[::1]:0", "127.0.0.2:0", "[::1]:0", "127.0.0.3:0"],
            "446464".Select(version => BoundTo(sources, version)));
    }

    // One port can serve two nodes: the kernel chooses it for the destination when the socket connects.
    [Fact]
    public async Task Bind_OfASocket_TakesNoPortBeforeItIsConnected()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux can leave the port to connect.");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        Create("127.0.0.2").Bind(socket);

        Assert.Equal("127.0.0.2:0", LocalName(socket));
        await socket.ConnectAsync(IPAddress.Loopback, Port(listener), TestContext.Current.CancellationToken);
        using var accepted = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
        Assert.Equal("127.0.0.2", ((IPEndPoint)accepted.RemoteEndPoint!).Address.ToString());
    }

    [Fact]
    public void BindTo_AllocatesNothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only event loops of Linux have descriptors.");
        var sources = Create("127.0.0.2", "127.0.0.3");
        using var first = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var second = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var (warm, measured) = ((int)first.Handle, (int)second.Handle);
        sources.BindTo(Kernel.Linux, warm, AddressFamily.InterNetwork);

        var before = GC.GetAllocatedBytesForCurrentThread();
        sources.BindTo(Kernel.Linux, measured, AddressFamily.InterNetwork);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData]
    [InlineData("::1")]
    public void WithoutOneOfTheFamily_TheSystemChooses(params string[] addresses)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        Create(addresses).Bind(socket);

        Assert.False(socket.IsBound);
    }

    [Fact]
    public void AForeignAddress_IsALocalFault_AndIsLoggedOnce()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only event loops of Linux have descriptors.");
        var sources = Create(Foreign);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        var portable = Assert.Throws<SocketException>(() => sources.Bind(socket));
        var native = Errno.ToException(sources.BindTo(Kernel.Linux, (int)socket.Handle, AddressFamily.InterNetwork));

        Assert.Equal(SocketError.AddressNotAvailable, portable.SocketErrorCode);
        Assert.Equal(SocketError.AddressNotAvailable, native.SocketErrorCode);
        Assert.True(LocalFault.Is(portable) && LocalFault.Is(native));
        var line = Assert.Single(_logger.Collector.GetSnapshot());
        Assert.Equal(LogLevel.Warning, line.Level);
        Assert.Contains(Foreign, line.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AtTheStart_ForeignAddressesAreMistakes()
    {
        var failure = Assert.Throws<SettingsException>(
            () => SourceAddressCheck.ThrowIfForeign(Options("127.0.0.1", Foreign, "2001:db8::1")));

        Assert.Equal(2, failure.Mistakes.Count);
        Assert.StartsWith(
            "WsBalancer:Sockets:SourceAddresses:1 is '192.0.2.1': expected an address of this machine (",
            failure.Mistakes[0],
            StringComparison.Ordinal);
    }

    [Fact]
    public void AtTheStart_OwnAddressesAreRight() => SourceAddressCheck.ThrowIfForeign(Options("127.0.0.1"));

    private static string BoundTo(SourceAddressPool sources, char version)
    {
        var family = version == '4' ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        using var socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp);
        Assert.Equal(0, sources.BindTo(Kernel.Linux, (int)socket.Handle, family));
        return LocalName(socket);
    }

    // The name is read from the kernel: the Socket object itself was not bound, only its descriptor.
    private static string LocalName(Socket socket)
    {
        using var same = new Socket(new SafeSocketHandle(socket.Handle, ownsHandle: false));
        return same.LocalEndPoint!.ToString()!;
    }

    private static int Port(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    private static SocketsOptions Options(params string[] addresses) =>
        new() { SourceAddresses = [.. addresses.Select(IPAddress.Parse)] };

    private SourceAddressPool Create(params string[] addresses) =>
        new(addresses.Select(IPAddress.Parse), _logger);
}
