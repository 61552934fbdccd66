using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace WsBalancer.EndToEnd.Tests.Clients;

/// <summary>The client uses HTTP/2: the server of these tests accepts nothing else.</summary>
public sealed class Http2ClientTests
{
    [Fact]
    public async Task Open_UsesHttp2OverTls()
    {
        using var certificate = TestCertificate.Create();
        await using var server = Server(certificate);
        await server.StartAsync(TestContext.Current.CancellationToken);
        using var client = new Http2Client(certificate);
        var url = new UriBuilder(server.Urls.Single()) { Scheme = "wss" }.Uri;

        using var socket = await client.Open(url);

        Assert.Equal("HTTP/2 CONNECT", await socket.ReadText());
        Assert.Equal(HttpStatusCode.OK, socket.HttpStatusCode);
    }

    private static WebApplication Server(TestCertificate certificate)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                listen.UseHttps(certificate.Path, certificate.Password);
            }));
        var server = builder.Build();
        server.UseWebSockets();
        server.Run(WriteProtocol);
        return server;
    }

    private static async Task WriteProtocol(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        await socket.SendText($"{context.Request.Protocol} {context.Request.Method}");
        await socket.ReadMessage();
    }
}
