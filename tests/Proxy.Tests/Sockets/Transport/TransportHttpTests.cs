using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using WsBalancer.Sockets.Loops;

namespace WsBalancer.Proxy.Tests.Sockets.Transport;

/// <summary>The common uses of HTTP/1.1.</summary>
public sealed class TransportHttpTests
{
    private const int Big = 50 * 1024 * 1024;

    private const string Get = "GET / HTTP/1.1\r\nHost: test\r\n\r\n";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [ClassData<Transports>]
    public async Task Requests_OneAfterTheOther_ShareAConnection(string transport)
    {
        await using var server = await TransportServer.StartAsync(
            transport, context => context.Response.WriteAsync(context.Connection.Id));
        using var client = server.Client();

        var first = await client.GetStringAsync("/", Cancellation);
        var others = new List<string>();
        for (var i = 0; i < 100; i++)
        {
            others.Add(await client.GetStringAsync("/", Cancellation));
        }

        Assert.All(others, other => Assert.Equal(first, other));
    }

    [Theory]
    [ClassData<Transports>]
    public async Task Requests_AllAtOnce_AreAnsweredInOrder(string transport)
    {
        await using var server = await TransportServer.StartAsync(transport, Echo);
        using var client = await server.ConnectAsync();
        var requests = new StringBuilder();
        for (var i = 0; i < 1000; i++)
        {
            requests.Append("GET /").Append(i).Append(" HTTP/1.1\r\nHost: test\r\n\r\n");
        }

        var send = client.SendAsync(requests.ToString());
        for (var i = 0; i < 1000; i++)
        {
            Assert.EndsWith($"\r\n\r\n/{i}", await client.ReadAnswerAsync(), StringComparison.Ordinal);
        }

        await send;
    }

    [Theory]
    [ClassData<Transports>]
    public async Task Request_InSingleBytes_IsAnswered(string transport)
    {
        await using var server = await TransportServer.StartAsync(transport, Echo);
        using var client = await server.ConnectAsync();

        foreach (var letter in Get)
        {
            await client.SendAsync(letter.ToString());
        }

        Assert.StartsWith("HTTP/1.1 200 OK", await client.ReadAnswerAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [ClassData<Transports>]
    public async Task Body_ThatWaitsForContinue_IsRequested(string transport)
    {
        await using var server = await TransportServer.StartAsync(transport, EchoWhole);
        using var client = await server.ConnectAsync();

        await client.SendAsync("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await client.ReadToAsync("\r\n\r\n"));
        await client.SendAsync("hello");

        Assert.Contains("hello", await client.ReadToAsync("0\r\n\r\n"), StringComparison.Ordinal);
    }

    [Theory]
    [ClassData<Transports>]
    public async Task Bodies_InChunks_AreWholeBothWays(string transport)
    {
        await using var server = await TransportServer.StartAsync(transport, EchoBody);
        using var client = await server.ConnectAsync();

        await client.SendAsync(
            "POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
        var answer = await client.ReadToAsync("0\r\n\r\n");
        await client.SendAsync(Get);

        Assert.Contains("hello", answer, StringComparison.Ordinal);
        Assert.Contains(" world", answer, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 OK", await client.ReadToAsync("0\r\n\r\n"), StringComparison.Ordinal);
    }

    [Theory]
    [ClassData<Transports>]
    public async Task BigBodies_BothWays_AreWhole(string transport)
    {
        await using var server = await TransportServer.StartAsync(
            transport, EchoWhole, kestrel => kestrel.Limits.MaxRequestBodySize = null);
        using var client = server.Client();
        var body = RandomNumberGenerator.GetBytes(Big);

        using var answer = await client.PostAsync("/", new ByteArrayContent(body), Cancellation);

        Assert.Equal(body, await answer.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Theory]
    [ClassData<Transports>]
    public async Task Answer_ToASlowReader_WaitsForIt(string transport)
    {
        var body = RandomNumberGenerator.GetBytes(8 * 1024 * 1024);
        var isHeldUp = Signal.New();
        await using var server = await TransportServer.StartAsync(
            transport,
            async context =>
            {
                context.Response.ContentLength = body.Length;
                for (var i = 0; i < body.Length; i += 64 * 1024)
                {
                    var write = context.Response.Body.WriteAsync(body.AsMemory(i, 64 * 1024), context.RequestAborted);
                    _ = !write.IsCompleted && isHeldUp.TrySetResult();
                    await write;
                }
            },
            kestrel => kestrel.Limits.MinResponseDataRate = null);
        using var client = await server.ConnectAsync(receiveBuffer: 256 * 1024);
        await client.SendAsync(Get);
        await client.ReadToAsync("\r\n\r\n");
        await isHeldUp.Task.WaitAsync(Deadline.Default, Cancellation);

        Assert.Equal(body, await client.ReadAsync(body.Length));
    }

    [Theory]
    [ClassData<Transports>]
    public async Task Body_ThatIsNotRead_StopsItsSender(string transport)
    {
        var read = Signal.New();
        await using var server = await TransportServer.StartAsync(
            transport,
            async context =>
            {
                context.Features.Get<IHttpMinRequestBodyDataRateFeature>()!.MinDataRate = null;
                await read.Task;
                await EchoBody(context);
            },
            kestrel => kestrel.Limits.MaxRequestBodySize = null);
        using var client = await server.ConnectAsync();
        var body = RandomNumberGenerator.GetBytes(Big);
        await client.SendAsync($"POST / HTTP/1.1\r\nHost: test\r\nContent-Length: {Big}\r\n\r\n");

        var send = client.SendAsync(body);
        await Deadline.Until("the connection is paused", () => server.HasLogged("paused"));
        Assert.False(send.IsCompleted);
        read.SetResult();
        await client.ReadToAsync("\r\n\r\n");

        Assert.Equal(body, await ReadChunksAsync(client, Big));
        await send;
    }

    [Theory]
    [ClassData<Transports>]
    public async Task Connection_KnowsBothOfItsEnds(string transport)
    {
        await using var server = await TransportServer.StartAsync(transport, context => context.Response.WriteAsync(
            $"{context.Connection.LocalIpAddress}:{context.Connection.LocalPort} " +
            $"{context.Connection.RemoteIpAddress}:{context.Connection.RemotePort}"));
        using var client = await server.ConnectAsync();

        await client.SendAsync("GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");

        Assert.Contains(
            $"{server.EndPoint} {client.Socket.LocalEndPoint}",
            await client.ReadToEndAsync(),
            StringComparison.Ordinal);
    }

    [Theory]
    [ClassData<OwnTransports>]
    public async Task Application_RunsOnTheLoop_IfConfigured(string transport)
    {
        await using var server = await TransportServer.StartAsync(
            transport, context => context.Response.WriteAsync(EventLoop.Current is null ? "pool" : "loop"));
        using var client = server.Client();

        // The first bytes may arrive before the server waits for them.
        await client.GetStringAsync("/", Cancellation);
        var isInline = transport.EndsWith(Transports.Inline, StringComparison.Ordinal);
        await Deadline.Until("it is where it should be", async () =>
            await client.GetStringAsync("/", Cancellation) == (isInline ? "loop" : "pool"));
    }

    private static Task Echo(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        context.Response.ContentLength = path.Length;
        return context.Response.WriteAsync(path);
    }

    private static async Task EchoBody(HttpContext context)
    {
        await context.Response.StartAsync(context.RequestAborted);
        await context.Request.Body.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    // The client does not read while it writes, so the whole body must be read before the response.
    private static async Task EchoWhole(HttpContext context)
    {
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        await context.Response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length), context.RequestAborted);
    }

    private static async Task<byte[]> ReadChunksAsync(WireClient client, int length)
    {
        var body = new MemoryStream();
        while (body.Length < length)
        {
            var size = Convert.ToInt32((await client.ReadToAsync("\r\n")).Trim(), 16);
            body.Write(await client.ReadAsync(size));
            await client.ReadAsync(2);
        }

        return body.ToArray();
    }
}
