using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using WsBalancer.Sockets.Transport;

namespace WsBalancer.Proxy.Tests.Sockets.Transport;

/// <summary>The addresses of the server, and the transport that serves each.</summary>
public sealed class TransportBindTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [ClassData<Transports>]
    public async Task Bind_ToAnAddressInUse_FailsWithTheReason(string transport)
    {
        await using var first = await TransportServer.StartAsync(transport, Hello);
        await using var second = TransportServer.Build(transport, Hello, kestrel => kestrel.Listen(first.EndPoint));

        var failure = await Assert.ThrowsAsync<IOException>(second.StartAsync);

        Assert.IsType<AddressInUseException>(failure.InnerException);
    }

    [Theory]
    [ClassData<Transports>]
    public async Task Bind_ToAnyAddress_ServesIPv4AndIPv6(string transport)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "There is no IPv6 here.");
        await using var server = TransportServer.Build(transport, RemoteAddress, kestrel => kestrel.ListenAnyIP(0));
        await server.StartAsync();

        Assert.NotEqual(0, server.Url.Port);
        Assert.Equal("::ffff:127.0.0.1", await SendAsync(new IPEndPoint(IPAddress.Loopback, server.Url.Port)));
        Assert.Equal("::1", await SendAsync(new IPEndPoint(IPAddress.IPv6Loopback, server.Url.Port)));
    }

    [Theory]
    [ClassData<Transports>]
    public async Task Bind_ToALocalHost_ServesThere(string transport)
    {
        await using var free = await TransportServer.StartAsync(transport, Hello);
        var port = free.EndPoint.Port;
        await free.StopAsync();
        await using var server = TransportServer.Build(transport, Hello, kestrel => kestrel.ListenLocalhost(port));
        await server.StartAsync();

        Assert.Equal("hello", await SendAsync(new IPEndPoint(IPAddress.Loopback, port)));
    }

    [Theory]
    [ClassData<Transports>]
    public async Task UnixSocket_IsServedByThePlatform(string transport)
    {
        var path = Path.Combine(Path.GetTempPath(), $"wsbalancer-{Guid.NewGuid():N}.sock");
        await using var server = TransportServer.Build(
            transport, context => context.Response.WriteAsync(FactoryOf(context)), kestrel =>
            kestrel.ListenUnixSocket(path));
        await server.StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });

        Assert.Equal("platform", await client.GetStringAsync("http://localhost/", Cancellation));
    }

    [Theory]
    [InlineData("sockets", "platform")]
    [InlineData("epoll", "loops")]
    [InlineData("io_uring", "loops")]
    public async Task IPAddress_IsServedByWhatIsConfigured(string engine, string expected)
    {
        await using var server = await TransportServer.StartAsync(
            engine, context => context.Response.WriteAsync(FactoryOf(context)));

        Assert.Equal(expected, await SendAsync(server.EndPoint));
        Assert.Contains(server.Factories, factory => factory is LimitedTransport { Inner: HalfCloseTransport });
        Assert.Equal(engine != "sockets", server.Loops is not null);
    }

    [Theory]
    [ClassData<OwnTransports>]
    public async Task Clients_OfOneLoop_AreSharedAmongAll(string transport)
    {
        await using var server = await TransportServer.StartAsync(transport, Hello);
        var clients = new List<WireClient>();
        try
        {
            for (var i = 0; i < 200; i++)
            {
                clients.Add(await server.ConnectAsync());
            }

            await Deadline.Until("all are accepted", () => server.Sockets >= 200);
            Assert.All(server.Loops!.All, loop => Assert.InRange(loop.SocketCount, 75, 125));
            foreach (var client in clients)
            {
                await client.SendAsync("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
                Assert.StartsWith("HTTP/1.1 200", await client.ReadToAsync("hello"), StringComparison.Ordinal);
            }
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    private static Task Hello(HttpContext context) => context.Response.WriteAsync("hello");

    private static Task RemoteAddress(HttpContext context) =>
        context.Response.WriteAsync(context.Connection.RemoteIpAddress!.ToString());

    private static string FactoryOf(HttpContext context) =>
        context.Features.Get<LoopConnection>() is null ? "platform" : "loops";

    private static async Task<string> SendAsync(IPEndPoint endPoint)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        return await client.GetStringAsync($"http://{endPoint}/", Cancellation);
    }
}
