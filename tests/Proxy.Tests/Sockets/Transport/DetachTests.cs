using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using WsBalancer.Sockets.Loops;
using WsBalancer.Sockets.Transport;

namespace WsBalancer.Proxy.Tests.Sockets.Transport;

/// <summary>After a 101, a socket is detached from the server, and no byte is lost or duplicated.</summary>
public sealed class DetachTests
{
    private const string Handshake = "GET / HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";
    private const int Flood = 2 * 1024 * 1024;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [ClassData<Transports>]
    public async Task UpgradedStream_ThatIsNotTakenAway_WorksAsAlways(string transport)
    {
        await using var server = await TransportServer.StartAsync(transport, async context =>
        {
            await using var stream = await UpgradeAsync(context);
            await stream.CopyToAsync(stream, context.RequestAborted);
        });
        using var client = await server.ConnectAsync();

        await client.SendAsync(Handshake + "first");
        await AssertUpgradedAsync(client);
        Assert.Equal("first", await client.ReadTextAsync(5));
        await client.SendAsync("second");

        Assert.Equal("second", await client.ReadTextAsync(6));
    }

    [Theory]
    [ClassData<OwnTransports>]
    public async Task Bytes_InTheSegmentOfTheHead_AreTakenAlong(string transport)
    {
        var unread = Signal.New<string>();
        await using var server = await TransportServer.StartAsync(transport, async context =>
        {
            await UpgradeAsync(context);
            var detached = await DetachAsync(context);
            unread.SetResult(Encoding.ASCII.GetString(detached.Unread.Span));
            EchoSocket.Start(detached);
        });
        using var client = await server.ConnectAsync();

        await client.SendAsync(Handshake + "first");
        await AssertUpgradedAsync(client);

        Assert.Equal("FIRST", await client.ReadTextAsync(5));
        Assert.Equal("first", await unread.Task);
    }

    [Theory]
    [ClassData<OwnTransports>]
    public async Task Bytes_OneByOne_AreAllThere(string transport)
    {
        await using var server = await StartEchoAsync(transport);
        using var client = await server.ConnectAsync();
        var text = string.Concat(Enumerable.Range(0, 500).Select(i => $"message {i} "));

        foreach (var letter in Handshake + text)
        {
            await client.SendAsync(letter.ToString());
        }

        await AssertUpgradedAsync(client);
        Assert.Equal(text.ToUpperInvariant(), await client.ReadTextAsync(text.Length));
    }

    [Theory]
    [ClassData<OwnTransports>]
    public async Task Bytes_ReceivedDuringThe101_AreInOrder(string transport)
    {
        await using var server = await StartEchoAsync(transport);
        for (var i = 0; i < 20; i++)
        {
            using var client = await server.ConnectAsync();
            var flood = Letters(Flood);

            var send = client.SendAsync(Handshake + flood);
            await AssertUpgradedAsync(client);

            Assert.Equal(flood.ToUpperInvariant(), await client.ReadTextAsync(Flood));
            await send;
        }
    }

    [Theory]
    [ClassData<OwnTransports>]
    public async Task Detach_WaitsUntilTheSocketHasAll(string transport)
    {
        var before = Letters(4 * Flood);
        await using var server = await TransportServer.StartAsync(
            transport,
            async context =>
            {
                var stream = await UpgradeAsync(context);

                // The last bytes are flushed to the pipe, and not to the socket.
                await stream.WriteAsync(Encoding.ASCII.GetBytes(before), Cancellation);
                EchoSocket.Start(await DetachAsync(context));
            },
            kestrel => kestrel.Limits.MinResponseDataRate = null);
        using var client = await server.ConnectAsync(receiveBuffer: 256 * 1024);
        await client.SendAsync(Handshake + "after");
        await AssertUpgradedAsync(client);

        Assert.Equal(before + "AFTER", await client.ReadTextAsync((4 * Flood) + 5));
    }

    [Theory]
    [ClassData<OwnTransports>]
    public async Task Server_AfterIt_LeavesTheSocketAlone(string transport)
    {
        var over = Signal.New<CancellationToken>();
        await using var server = await TransportServer.StartAsync(transport, async context =>
        {
            await UpgradeAsync(context);
            EchoSocket.Start(await DetachAsync(context));
            over.SetResult(context.Features.Get<IConnectionLifetimeFeature>()!.ConnectionClosed);
            context.Abort();
        });
        using var client = await server.ConnectAsync();
        await client.SendAsync(Handshake);
        await AssertUpgradedAsync(client);
        var closed = await over.Task;

        await server.StopAsync();
        await client.SendAsync("still there");

        Assert.Equal("STILL THERE", await client.ReadTextAsync(11));
        Assert.False(closed.IsCancellationRequested);
    }

    [Theory]
    [ClassData<OwnTransports>]
    public async Task Connection_AfterIt_IsFreed(string transport)
    {
        var connections = new List<WeakReference>();
        await using var server = await TransportServer.StartAsync(transport, async context =>
        {
            await UpgradeAsync(context);
            lock (connections)
            {
                connections.Add(new WeakReference(context.Features.Get<LoopConnection>()));
            }

            EchoSocket.Start(await DetachAsync(context));
        });
        var clients = new List<WireClient>();
        for (var i = 0; i < 20; i++)
        {
            clients.Add(await server.ConnectAsync());
            await clients[i].SendAsync(Handshake + "x");
            await AssertUpgradedAsync(clients[i]);
            Assert.Equal("X", await clients[i].ReadTextAsync(1));
        }

        // The server keeps a few connections for reuse.
        await Deadline.Until("nearly all are freed", () =>
        {
            GC.Collect();
            return connections.Count(connection => connection.IsAlive) <= 2;
        });
        clients.ForEach(client => client.Dispose());
    }

    [Theory]
    [ClassData<OwnTransports>]
    public async Task Detach_OfAClientThatHasReset_Fails(string transport)
    {
        var failure = Signal.New<Exception?>();
        var disconnected = Signal.New();
        await using var server = await TransportServer.StartAsync(transport, async context =>
        {
            await UpgradeAsync(context);
            await disconnected.Task;
            failure.SetResult(await Record.ExceptionAsync(async () => await DetachAsync(context)));
        });
        using var client = await server.ConnectAsync();
        await client.SendAsync(Handshake);
        await AssertUpgradedAsync(client);

        client.Reset();
        await Deadline.Until("the server knows", () => server.HasLogged("\" reset."));
        disconnected.SetResult();

        Assert.IsType<IOException>(await failure.Task.WaitAsync(Deadline.Default, Cancellation));
    }

    [Theory]
    [ClassData<OwnTransports>]
    public async Task Sockets_AfterTheirEnd_AreClosed(string transport)
    {
        await using var server = await StartEchoAsync(transport);
        var listeners = server.Sockets;
        for (var i = 0; i < 100; i++)
        {
            using var client = await server.ConnectAsync();
            await client.SendAsync(Handshake + "x");
            if (i % 3 > 0)
            {
                await AssertUpgradedAsync(client);
            }

            if (i % 3 > 1)
            {
                Assert.Equal("X", await client.ReadTextAsync(1));
                client.Socket.Shutdown(SocketShutdown.Send);
                Assert.Equal("", await client.ReadToEndAsync());
            }
        }

        await Deadline.Until("no socket is left", () => server.Sockets == listeners);
    }

    [Theory]
    [ClassData<OwnTransports>]
    public async Task TakenSocket_HasNoDelay_AndIsProbedIfItWasToBe(string transport)
    {
        var options = Signal.New<(bool NoDelay, int Silence)>();
        await using var server = await TransportServer.StartAsync(transport, async context =>
        {
            context.Features.Get<LoopConnection>()!.KeepAlive(TimeSpan.FromSeconds(42));
            await UpgradeAsync(context);
            var detached = await DetachAsync(context);
            var handle = new SafeSocketHandle(detached.Socket.Descriptor, ownsHandle: false);
            var socket = new Socket(handle);
            var silence = socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime);
            SocketRetransmissions.AssertLimited(socket, TimeSpan.FromSeconds(102));
            options.SetResult((socket.NoDelay, (int)silence!));
            EchoSocket.Start(detached);
        });
        using var client = await server.ConnectAsync();

        await client.SendAsync(Handshake);

        Assert.Equal((true, 42), await options.Task.WaitAsync(Deadline.Default, Cancellation));
    }

    private static Task<TransportServer> StartEchoAsync(string transport) =>
        TransportServer.StartAsync(transport, async context =>
        {
            await UpgradeAsync(context);
            EchoSocket.Start(await DetachAsync(context));
        });

    private static Task<Stream> UpgradeAsync(HttpContext context) =>
        context.Features.Get<IHttpUpgradeFeature>()!.UpgradeAsync();

    private static ValueTask<DetachedSocket> DetachAsync(HttpContext context)
    {
        var connection = context.Features.Get<LoopConnection>()!;
        Assert.True(connection.CanDetach(context.Features));
        return connection.DetachAsync();
    }

    private static async Task AssertUpgradedAsync(WireClient client) =>
        Assert.StartsWith("HTTP/1.1 101", await client.ReadToAsync("\r\n\r\n"), StringComparison.Ordinal);

    private static string Letters(int count) => RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz", count);
}
