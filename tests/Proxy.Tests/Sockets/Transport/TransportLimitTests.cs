using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using WsBalancer.Sockets.Transport;

namespace WsBalancer.Proxy.Tests.Sockets.Transport;

/// <summary>
/// The server's limits apply on every transport. The server uses its own clock, so the times are short.
/// </summary>
public sealed class TransportLimitTests
{
    // The server checks its timeouts once a second.
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Theory]
    [ClassData<Transports>]
    public async Task Headers_ThatAreTooLong_AreRefused(string transport)
    {
        await using var server = await TransportServer.StartAsync(
            transport, Hello, kestrel => kestrel.Limits.MaxRequestHeadersTotalSize = 1024);
        using var client = await server.ConnectAsync();

        await client.SendAsync($"GET / HTTP/1.1\r\nHost: test\r\nX-Long: {new string('x', 2048)}\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 431", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [ClassData<Transports>]
    public async Task Request_ThatIsNoHttp_IsRefused(string transport)
    {
        await using var server = await TransportServer.StartAsync(transport, Hello);
        using var client = await server.ConnectAsync();

        await client.SendAsync("not HTTP at all\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [ClassData<Transports>]
    public async Task Body_ThatIsTooLong_IsRefused(string transport)
    {
        await using var server = await TransportServer.StartAsync(
            transport,
            context => context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted),
            kestrel => kestrel.Limits.MaxRequestBodySize = 10);
        using var client = await server.ConnectAsync();

        await client.SendAsync("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 11\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 413", await client.ReadAnswerAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [ClassData<Transports>]
    public async Task Connection_AboveTheMost_IsClosed_AndAnotherIsLetInAfterAnEnd(string transport)
    {
        await using var server = await TransportServer.StartAsync(
            transport, Hello, kestrel => kestrel.Limits.MaxConcurrentConnections = 1);
        using (var first = await server.ConnectAsync())
        {
            await SendAsync(first);
            using var second = await server.ConnectAsync();
            Assert.Equal("", await second.ReadToEndAsync());
            await SendAsync(first);
        }

        await Deadline.Until("a connection is let in again", async () =>
        {
            using var third = await server.ConnectAsync();
            return (await TrySendAsync(third)).StartsWith("HTTP/1.1 200", StringComparison.Ordinal);
        });
    }

    [Theory]
    [ClassData<Transports>]
    public async Task IdleConnection_IsClosedAfterAWhile(string transport)
    {
        await using var server = await TransportServer.StartAsync(
            transport, Hello, kestrel => kestrel.Limits.KeepAliveTimeout = Short);
        using var client = await server.ConnectAsync();
        await SendAsync(client);

        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Theory]
    [ClassData<Transports>]
    public async Task ConnectionThatSendsNothing_IsClosedAfterTheFirstByteTimeout(string transport)
    {
        var time = new FakeTimeProvider();
        await using var server = await StartAsync(transport, time);
        using var client = await server.ConnectAsync();
        var end = client.ReadToEndAsync();

        await Deadline.Until("the connection is closed", () =>
        {
            time.Advance(Minute);
            return end.IsCompleted;
        });

        Assert.Equal("", await end);
    }

    [Theory]
    [ClassData<Transports>]
    public async Task ConnectionThatHasSentSomething_HasNoFirstByteTimeout(string transport)
    {
        var time = new FakeTimeProvider();
        await using var server = await StartAsync(transport, time);
        using var client = await server.ConnectAsync();
        await SendAsync(client);

        time.Advance(2 * Minute);

        await SendAsync(client);
    }

    [Theory]
    [ClassData<Transports>]
    public async Task ConnectionThatSendsNothing_IsClosedUnderTlsToo(string transport)
    {
        using var certificate = TransportTlsTests.SelfSigned();
        var time = new FakeTimeProvider();
        await using var server = await StartAsync(transport, time, endpoint => endpoint.UseHttps(certificate));
        using var client = await server.ConnectAsync();
        var end = client.ReadToEndAsync();

        await Deadline.Until("the connection is closed", () =>
        {
            time.Advance(Minute);
            return end.IsCompleted;
        });

        Assert.Equal("", await end);
    }

    [Theory]
    [ClassData<Transports>]
    public async Task Headers_ThatDoNotEnd_TimeOut(string transport)
    {
        await using var server = await TransportServer.StartAsync(
            transport, Hello, kestrel => kestrel.Limits.RequestHeadersTimeout = Short);
        using var client = await server.ConnectAsync();

        await client.SendAsync("GET / HTTP/1.1\r\nHost:");

        Assert.StartsWith("HTTP/1.1 408", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [ClassData<Transports>]
    public async Task Body_ThatArrivesTooSlowly_TimesOut(string transport)
    {
        await using var server = await TransportServer.StartAsync(
            transport,
            context => context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted),
            kestrel => kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(1000, TimeSpan.FromSeconds(1.5)));
        using var client = await server.ConnectAsync();

        await client.SendAsync("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhell");

        Assert.StartsWith("HTTP/1.1 408", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    private static Task<TransportServer> StartAsync(
        string transport, FakeTimeProvider time, Action<ListenOptions>? listen = null) => TransportServer.StartAsync(
            transport, Hello, listen: listen, services: services =>
                services.AddSingleton(_ => new FirstByteTimeouts(Minute, time)));

    private static Task Hello(HttpContext context)
    {
        context.Response.ContentLength = 5;
        return context.Response.WriteAsync("hello");
    }

    private static async Task SendAsync(WireClient client) => Assert.EndsWith(
        "hello", await TrySendAsync(client), StringComparison.Ordinal);

    private static async Task<string> TrySendAsync(WireClient client)
    {
        try
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
            return await client.ReadAnswerAsync();
        }
        catch (Exception ex) when (ex is SocketException or Xunit.Sdk.XunitException)
        {
            return "";
        }
    }
}
