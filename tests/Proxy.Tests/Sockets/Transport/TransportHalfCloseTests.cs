using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace WsBalancer.Proxy.Tests.Sockets.Transport;

/// <summary>A client that has sent FIN after a request still receives the response.</summary>
public sealed class TransportHalfCloseTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: test\r\n\r\n";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [ClassData<Transports>]
    public async Task Fin_DuringARequest_LeavesTheResponse(string transport)
    {
        var request = new PendingRequest();
        await using var server = await TransportServer.StartAsync(transport, request.AnswerAsync);
        using var client = await request.SendAsync(server);

        await SendFinAsync(server, client);
        Assert.False(request.Aborted.Task.IsCompleted);
        request.End.SetResult();

        Assert.EndsWith("hello", await client.ReadToEndAsync(), StringComparison.Ordinal);
        await request.Closed.Task.WaitAsync(Deadline.Default, Cancellation);
    }

    [Theory]
    [ClassData<Transports>]
    public async Task Fin_WithTheRequest_LeavesTheResponse(string transport)
    {
        await using var server = await TransportServer.StartAsync(
            transport, context => context.Response.WriteAsync("hello"));
        using var client = await server.ConnectAsync();

        await client.SendAsync(Get + Get);
        client.Socket.Shutdown(SocketShutdown.Send);
        var both = await client.ReadToEndAsync();

        Assert.Equal(3, both.Split("HTTP/1.1 200 OK").Length);
        Assert.EndsWith("0\r\n\r\n", both, StringComparison.Ordinal);
    }

    [Theory]
    [ClassData<Transports>]
    public async Task Reset_AfterFin_AbortsTheRequest(string transport)
    {
        var request = new PendingRequest();
        await using var server = await TransportServer.StartAsync(transport, request.AnswerAsync);
        using var client = await request.SendAsync(server);
        await SendFinAsync(server, client);

        client.Reset();

        await request.Aborted.Task.WaitAsync(Deadline.Default, Cancellation);
        request.End.SetResult();
    }

    // With a close_notify before FIN, as RFC 8446 §6.1 requires, and without, like many clients.
    [Theory]
    [ClassData<Transports>]
    public async Task Fin_UnderTls_LeavesTheResponse(string transport)
    {
        using var certificate = TransportTlsTests.SelfSigned();
        foreach (var isNotified in (bool[])[true, false])
        {
            var request = new PendingRequest();
            await using var server = await TransportServer.StartAsync(
                transport, request.AnswerAsync, listen: endpoint => endpoint.UseHttps(certificate));
            using var client = await server.ConnectAsync();
            await using var tls = new SslStream(
                new NetworkStream(client.Socket), false, (_, peer, _, _) => peer?.Subject == TransportServer.Subject);
            await tls.AuthenticateAsClientAsync("localhost");
            await tls.WriteAsync(Encoding.ASCII.GetBytes(Get), Cancellation);
            await request.Begun.Task.WaitAsync(Deadline.Default, Cancellation);

            if (isNotified)
            {
                await tls.ShutdownAsync();
            }

            await SendFinAsync(server, client);
            request.End.SetResult();
            using var reader = new StreamReader(tls);
            var response = await reader.ReadToEndAsync(Cancellation).WaitAsync(Deadline.Default, Cancellation);

            Assert.EndsWith("hello", response, StringComparison.Ordinal);
        }
    }

    [Theory]
    [ClassData<Transports>]
    public async Task Fin_WithinABody_FailsTheReading(string transport)
    {
        var failure = Signal.New<Exception?>();
        await using var server = await TransportServer.StartAsync(transport, async context =>
            failure.SetResult(await Record.ExceptionAsync(
                () => context.Request.Body.CopyToAsync(Stream.Null, Cancellation))));
        using var client = await server.ConnectAsync();

        await client.SendAsync("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhell");
        client.Socket.Shutdown(SocketShutdown.Send);

        Assert.IsAssignableFrom<IOException>(await failure.Task.WaitAsync(Deadline.Default, Cancellation));
    }

    // Keep-alive probes detect a client that has disconnected without a reset.
    [Theory]
    [ClassData<Transports>]
    public async Task Fin_DuringARequest_HasTheClientProbed(string transport)
    {
        var request = new PendingRequest();
        await using var server = await TransportServer.StartAsync(transport, request.AnswerAsync);
        using var client = await request.SendAsync(server);

        client.Socket.Shutdown(SocketShutdown.Send);

        await Deadline.Until(
            "the keep-alive timer is on",
            () => KernelSockets.HasKeepAliveTimer(server.EndPoint.Port, KernelSockets.CloseWait));
        request.End.SetResult();
    }

    private static Task SendFinAsync(TransportServer server, WireClient client)
    {
        client.Socket.Shutdown(SocketShutdown.Send);
        return Deadline.Until("the server has received FIN", () => server.HasLogged("received FIN"));
    }

    private sealed class PendingRequest
    {
        public TaskCompletionSource Begun { get; } = Signal.New();

        public TaskCompletionSource End { get; } = Signal.New();

        public TaskCompletionSource Aborted { get; } = Signal.New();

        public TaskCompletionSource Closed { get; } = Signal.New();

        /// <summary>Sends a request, and waits until it has reached the application.</summary>
        public async Task<WireClient> SendAsync(TransportServer server)
        {
            var client = await server.ConnectAsync();
            await client.SendAsync(Get);
            await Begun.Task.WaitAsync(Deadline.Default, Cancellation);
            return client;
        }

        public async Task AnswerAsync(HttpContext context)
        {
            context.RequestAborted.Register(() => Aborted.TrySetResult());
            context.Features.Get<IConnectionLifetimeFeature>()!.ConnectionClosed.Register(() => Closed.TrySetResult());
            Begun.SetResult();
            await End.Task;
            context.Response.ContentLength = 5;
            await context.Response.WriteAsync("hello", Cancellation);
        }
    }
}
