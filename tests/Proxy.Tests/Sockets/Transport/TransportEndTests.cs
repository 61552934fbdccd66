using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace WsBalancer.Proxy.Tests.Sockets.Transport;

/// <summary>Connections end as they do on the platform's sockets.</summary>
public sealed class TransportEndTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: test\r\n\r\n";

    // More bytes than the buffers of both sockets hold.
    private static readonly byte[] Big = new byte[32 * 1024 * 1024];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [ClassData<Transports>]
    public async Task ClientsFin_BetweenRequests_ClosesTheConnection(string transport)
    {
        var closed = Signal.New();
        await using var server = await TransportServer.StartAsync(transport, WhenClosed(closed, Hello));
        using var client = await server.ConnectAsync();
        await client.SendAsync(Get);
        await client.ReadAnswerAsync();

        client.Socket.Shutdown(SocketShutdown.Send);

        Assert.Equal("", await client.ReadToEndAsync());
        await closed.Task.WaitAsync(Deadline.Default, Cancellation);
    }

    [Theory]
    [ClassData<Transports>]
    public async Task ClientsReset_DuringARequest_AbortsIt(string transport)
    {
        var aborted = Signal.New();
        var begun = Signal.New();
        await using var server = await TransportServer.StartAsync(transport, UntilAborted(begun, aborted));
        using var client = await server.ConnectAsync();
        await client.SendAsync(Get);
        await begun.Task.WaitAsync(Deadline.Default, Cancellation);

        client.Reset();

        await aborted.Task.WaitAsync(Deadline.Default, Cancellation);
        Assert.True(server.HasLogged("\" reset."));
    }

    [Theory]
    [ClassData<Transports>]
    public async Task ClientsReset_WhileABodyIsRead_FailsTheReading(string transport)
    {
        var failure = Signal.New<Exception>();
        var begun = Signal.New();
        await using var server = await TransportServer.StartAsync(transport, async context =>
        {
            begun.SetResult();
            try
            {
                await context.Request.Body.CopyToAsync(Stream.Null, CancellationToken.None);
            }
            catch (Exception ex)
            {
                failure.SetResult(ex);
                throw;
            }
        });
        using var client = await server.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhell");
        await begun.Task.WaitAsync(Deadline.Default, Cancellation);

        client.Reset();

        Assert.IsType<ConnectionResetException>(await failure.Task.WaitAsync(Deadline.Default, Cancellation));
    }

    [Theory]
    [ClassData<Transports>]
    public async Task Abort_ByTheApplication_ResetsTheClient(string transport)
    {
        await using var server = await TransportServer.StartAsync(transport, context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        using var client = await server.ConnectAsync();

        await client.SendAsync(Get);

        Assert.True(await client.EndsWithResetAsync());
    }

    [Theory]
    [ClassData<Transports>]
    public async Task Abort_WhileTheClientDoesNotRead_EndsTheRequest(string transport)
    {
        var ended = Signal.New();
        var isHeldUp = Signal.New<HttpContext>();
        await using var server = await TransportServer.StartAsync(
            transport,
            async context =>
            {
                var write = context.Response.Body.WriteAsync(Big, CancellationToken.None);
                isHeldUp.SetResult(context);
                await write;
                ended.SetResult();
            },
            kestrel => kestrel.Limits.MinResponseDataRate = null);
        using var client = await server.ConnectAsync();
        await client.SendAsync(Get);
        var request = await isHeldUp.Task.WaitAsync(Deadline.Default, Cancellation);
        Assert.False(ended.Task.IsCompleted);

        request.Abort();

        await ended.Task.WaitAsync(Deadline.Default, Cancellation);
        Assert.True(await client.EndsWithResetAsync());
    }

    [Theory]
    [ClassData<Transports>]
    public async Task Answer_BeforeAClose_IsWhole(string transport)
    {
        await using var server = await TransportServer.StartAsync(
            transport, context => context.Response.Body.WriteAsync(Big, context.RequestAborted).AsTask());
        using var client = await server.ConnectAsync();

        await client.SendAsync("GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
        await client.ReadToAsync("\r\n\r\n");

        Assert.EndsWith("\r\n0\r\n\r\n", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [ClassData<Transports>]
    public async Task Stop_DuringARequest_LetsItEnd_AndAcceptsNoClient(string transport)
    {
        var begun = Signal.New();
        var end = Signal.New();
        await using var server = await TransportServer.StartAsync(transport, async context =>
        {
            begun.SetResult();
            await end.Task;
            await Hello(context);
        });
        var endPoint = server.EndPoint;
        using var client = await server.ConnectAsync();
        await client.SendAsync(Get);
        await begun.Task.WaitAsync(Deadline.Default, Cancellation);

        var stop = server.StopAsync();
        await Deadline.Until("nobody is accepted", async () =>
        {
            try
            {
                using var late = await WireClient.ConnectAsync(endPoint);
                return false;
            }
            catch (SocketException)
            {
                return true;
            }
        });
        Assert.False(stop.IsCompleted);
        end.SetResult();

        Assert.EndsWith("hello", await client.ReadToEndAsync(), StringComparison.Ordinal);
        await stop;
    }

    [Theory]
    [ClassData<Transports>]
    public async Task Stop_WhoseTimeIsOver_ResetsWhatIsLeft(string transport)
    {
        var begun = Signal.New();
        var aborted = Signal.New();
        await using var server = await TransportServer.StartAsync(transport, UntilAborted(begun, aborted));
        using var client = await server.ConnectAsync();
        await client.SendAsync(Get);
        await begun.Task.WaitAsync(Deadline.Default, Cancellation);

        await server.StopAtOnceAsync();

        await aborted.Task.WaitAsync(Deadline.Default, Cancellation);
        Assert.True(await client.EndsWithResetAsync());
    }

    [Theory]
    [ClassData<OwnTransports>]
    public async Task Connections_InEveryWay_LeaveNothingBehind(string transport)
    {
        await using var server = await TransportServer.StartAsync(transport, context =>
        {
            if (context.Request.Path == "/abort")
            {
                context.Abort();
            }

            return Hello(context);
        });
        var listeners = server.Sockets;
        for (var i = 0; i < 300; i++)
        {
            using var client = await server.ConnectAsync();
            await EndAsync(client, i % 5);
        }

        await Deadline.Until("no socket is left", () => server.Sockets == listeners);
    }

    private static async Task EndAsync(WireClient client, int way)
    {
        switch (way)
        {
            case 0:
                client.Reset();
                break;
            case 1:
                await client.SendAsync("GET / HTTP/1.1\r\n");
                break;
            case 2:
                await client.SendAsync("GET /abort HTTP/1.1\r\nHost: test\r\n\r\n");
                await client.EndsWithResetAsync();
                break;
            case 3:
                await client.SendAsync("GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
                await client.ReadToEndAsync();
                break;
            default:
                await client.SendAsync(Get);
                await client.ReadAnswerAsync();
                break;
        }
    }

    private static Task Hello(HttpContext context)
    {
        context.Response.ContentLength = 5;
        return context.Response.WriteAsync("hello");
    }

    private static RequestDelegate WhenClosed(TaskCompletionSource closed, RequestDelegate next) => context =>
    {
        context.Features.Get<IConnectionLifetimeFeature>()!.ConnectionClosed.Register(() => closed.TrySetResult());
        return next(context);
    };

    private static RequestDelegate UntilAborted(TaskCompletionSource begun, TaskCompletionSource aborted) => context =>
    {
        context.RequestAborted.Register(() => aborted.TrySetResult());
        begun.SetResult();
        return aborted.Task;
    };
}
