using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Tests.Sockets.Transport;
using WsBalancer.Proxy.Tests.Telemetry;

namespace WsBalancer.Proxy.Tests.Admin;

public sealed class AdminHostTests : IAsyncDisposable
{
    private readonly TestNode _node = new("ws-1");

    [Fact]
    public async Task Health_IsServed()
    {
        await using var app = await BalancerApp.StartAsync(Settings());

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, "/livez"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, "/readyz"));
        app.Get<WsBalancer.Proxy.Health.Readiness>().SetStopping();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, "/livez"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(app, "/readyz"));
    }

    [Fact]
    public async Task Readiness_ThatFailsWhileItStops_IsNoErrorInTheLog()
    {
        await using var app = await BalancerApp.StartAsync(Settings());
        app.Get<WsBalancer.Proxy.Health.Readiness>().SetStopping();

        for (var probe = 0; probe < 3; probe++)
        {
            using var answer = await app.SendAsync("/readyz");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Equal("stopping", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        }

        Assert.DoesNotContain(app.Logs.GetSnapshot(), line => line.Level >= LogLevel.Warning);
    }

    // Probes of load balancers: by default, HAProxy's check is OPTIONS over HTTP/1.0 without a Host.
    [Theory]
    [InlineData("OPTIONS /readyz HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK")]
    [InlineData("HEAD /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 200 OK")]
    [InlineData("GET /livez HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n", "HTTP/1.1 200 OK")]
    [InlineData("GET /metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n", "HTTP/1.1 400 Bad Request")]
    [InlineData("GET /readyz HTTP/1.1\r\nHost: evil.example\r\n\r\n", "HTTP/1.1 400 Bad Request")]
    public async Task Probe_IsAnswered(string request, string status)
    {
        await using var app = await BalancerApp.StartAsync(Settings());
        var address = new Uri(app.AdminUrl);
        using var client = new TcpClient(address.Host, address.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);

        using var answer = new StreamReader(client.GetStream());

        Assert.Equal(status, await answer.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Metrics_AgreeInEveryScrape()
    {
        await using var app = await BalancerApp.StartAsync(Settings());
        await using var traffic = TunnelTraffic.Begin(app.Tunnels);

        var texts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ScrapeAsync(app)));

        Assert.All(texts, text => Scrape.Parse(text).AssertAgrees());
        Assert.Contains(texts, text => Scrape.Parse(text).SumOf("wsbalancer_tunnels_opened_total") > 0);
    }

    [Fact]
    public async Task Token_IsRequiredWhereverChangesCouldBeMade()
    {
        await using var app = await BalancerApp.StartAsync(Settings().With("WsBalancer:Admin:Token", "secret"));

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(app, "/api/v1/clusters"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(app, "/openapi/v1.json"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, "/api/v1/clusters", "Authorization: Bearer secret"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, "/metrics"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, "/readyz"));
    }

    [Fact]
    public async Task ForeignHostName_IsRefused()
    {
        await using var app = await BalancerApp.StartAsync(Settings());

        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(app, "/api/v1/clusters", "Host: evil.example"));
    }

    // A route that matches every path must not respond on the admin port, nor the admin API on the data port.
    [Fact]
    public async Task Doors_AreSeparate()
    {
        await using var app = await BalancerApp.StartAsync(Settings());

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(app, "/page?user=alice"));
        using var response = await app.SendAsync(HttpMethod.Get, "/api/v1/clusters?user=alice");
        Assert.Equal("ws-1", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ConnectionThatSendsNothing_IsClosed()
    {
        await using var app = await BalancerApp.StartAsync(Settings());
        using var client = await ConnectAsync(app);
        var end = client.ReadToEndAsync();

        await Deadline.Until("the connection is closed", () =>
        {
            app.Time.Advance(TimeSpan.FromSeconds(10));
            return end.IsCompleted;
        });

        Assert.Equal("", await end);
    }

    [Fact]
    public async Task ConnectionsAboveTheMost_AreRefused_UntilOneEnds()
    {
        await using var app = await BalancerApp.StartAsync(Settings().With("WsBalancer:Admin:MaxConnections", "1"));
        using (var first = await ConnectAsync(app))
        {
            await first.SendAsync("GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 200", await first.ReadToAsync("\r\n\r\n"), StringComparison.Ordinal);
            using var second = await ConnectAsync(app);

            var answer = await second.ReadToEndAsync();

            Assert.StartsWith("HTTP/1.1 503", answer, StringComparison.Ordinal);
            Assert.Contains("\r\nRetry-After: ", answer, StringComparison.Ordinal);
            Assert.Contains("\"reason\":\"admin_connections\"", answer, StringComparison.Ordinal);
        }

        await Deadline.Until(
            "a connection is accepted again", async () => await StatusAsync(app, "/livez") == HttpStatusCode.OK);
        Assert.True(Scrape.Parse(await ScrapeAsync(app)).SumOf("wsbalancer_rejected_total") >= 1);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private static Task<WireClient> ConnectAsync(BalancerApp app) =>
        WireClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, new Uri(app.AdminUrl).Port));

    private static async Task<HttpStatusCode> StatusAsync(BalancerApp app, string target, params string[] headers)
    {
        using var response = await app.SendAsync(target, null, headers);
        return response.StatusCode;
    }

    private static async Task<string> ScrapeAsync(BalancerApp app)
    {
        using var response = await app.SendAsync("/metrics");
        Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private Dictionary<string, string?> Settings() => ChatSettings.Of(("ws-1", _node.Address));
}
