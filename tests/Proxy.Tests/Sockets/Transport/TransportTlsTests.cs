using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using WsBalancer.Sockets.Transport;

namespace WsBalancer.Proxy.Tests.Sockets.Transport;

/// <summary>TLS and connection logging, which wrap a connection, work over every transport.</summary>
public sealed class TransportTlsTests
{
    private const int Big = 4 * 1024 * 1024;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [ClassData<Transports>]
    public async Task Https_CarriesBodiesBothWays(string transport)
    {
        using var certificate = SelfSigned();
        await using var server = await TransportServer.StartAsync(
            transport, EchoWhole, listen: endpoint => endpoint.UseHttps(certificate));
        using var client = server.Client();
        var body = RandomNumberGenerator.GetBytes(Big);

        using var answer = await client.PostAsync("/", new ByteArrayContent(body), Cancellation);

        Assert.Equal(body, await answer.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Theory]
    [ClassData<Transports>]
    public async Task Http2_CarriesManyRequestsAtOnce(string transport)
    {
        await using var server = await TransportServer.StartAsync(
            transport, EchoWhole, listen: endpoint => endpoint.Protocols = HttpProtocols.Http2);
        using var client = server.Client();
        var body = RandomNumberGenerator.GetBytes(256 * 1024);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/")
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new ByteArrayContent(body),
            };
            using var answer = await client.SendAsync(request, Cancellation);
            Assert.Equal(body, await answer.Content.ReadAsByteArrayAsync(Cancellation));
        }));
    }

    [Theory]
    [ClassData<OwnTransports>]
    public async Task SocketUnderTls_CannotBeTakenAway(string transport)
    {
        using var certificate = SelfSigned();
        await using var server = await TransportServer.StartAsync(
            transport,
            context => context.Response.WriteAsync(
                context.Features.Get<LoopConnection>()!.CanDetach(context.Features).ToString()),
            listen: endpoint => endpoint.UseHttps(certificate));
        using var client = server.Client();

        Assert.Equal("False", await client.GetStringAsync("/", Cancellation));
    }

    [Theory]
    [ClassData<OwnTransports>]
    public async Task SocketThatIsLogged_CannotBeTakenAway(string transport)
    {
        await using var server = await TransportServer.StartAsync(
            transport,
            context => context.Response.WriteAsync(
                context.Features.Get<LoopConnection>()!.CanDetach(context.Features).ToString()),
            listen: endpoint => endpoint.UseConnectionLogging());
        using var client = server.Client();

        Assert.Equal("False", await client.GetStringAsync("/", Cancellation));
    }

    // The client does not read while it writes, so the whole body must be read before the response.
    private static async Task EchoWhole(HttpContext context)
    {
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        await context.Response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length), context.RequestAborted);
    }

    internal static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(TransportServer.Subject, key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
