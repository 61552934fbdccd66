using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using WsBalancer.Proxy.Tests.Placement;
using WsBalancer.Proxy.Tunnels;
using WsBalancer.SampleApplication;
using WsBalancer.Sockets.Engines;

namespace WsBalancer.Proxy.Tests.Library;

/// <summary>The sample application: authentication, transforms, the ring, and the fleet in code.</summary>
public sealed class SampleTests : IAsyncLifetime
{
    private readonly TestNode _first = new("ws-1");
    private readonly TestNode _second = new("ws-2");
    private readonly HttpClient _client =
        new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Deadline.Default };
    private WebApplication _app = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _app = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("unknown")]
    public async Task Handshake_WithoutAKeyThatIsKnown_IsRejectedByTheApplication(string? key)
    {
        using var response = await SendAsync("/ws/room?user=alice", key, isHandshake: true);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Empty(_first.Requests.Concat(_second.Requests));
    }

    [Fact]
    public async Task Handshake_IsPlacedByTheClaim_AndTransformed()
    {
        using var response = await SendAsync("/ws/room?user=mallory", "key-of-alice", isHandshake: true);

        Assert.Equal(HttpStatusCode.SwitchingProtocols, response.StatusCode);
        Assert.Equal("sample", Assert.Single(response.Headers.GetValues("X-Served-By")));
        await HandshakeTests.AssertEchoAsync(response);
        var request = Assert.Single(_first.Requests.Concat(_second.Requests));
        Assert.StartsWith("GET /room?user=mallory HTTP/1.1", request, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Api-Key", request, StringComparison.OrdinalIgnoreCase);
        var tunnels = _app.Services.GetRequiredService<TunnelRegistry>();
        await Deadline.Until("the tunnel", () => tunnels.Count == 1);
        Assert.Equal("alice", Assert.Single(tunnels.All).Identity.User);
    }

    // ConfigureHttpClient, which the sample calls for TLS, does not keep tunnels in clear from the event loops.
    [Fact]
    public async Task Tunnel_TakesTheNativePathWhereThereAreEventLoops()
    {
        using var response = await SendAsync("/ws/room", "key-of-bob", isHandshake: true);
        await HandshakeTests.AssertEchoAsync(response);

        var tunnels = _app.Services.GetRequiredService<TunnelRegistry>();
        await Deadline.Until("the tunnel", () => tunnels.Count == 1);
        Assert.Equal(
            _app.Services.GetService<EventLoops>() is null
                ? TunnelPath.Portable
                : TunnelPath.Native,
            Assert.Single(tunnels.All).Flow.Path);
    }

    [Fact]
    public async Task Fleet_IsUsedByEndpointsOfTheApplication()
    {
        using var tunnel = await SendAsync("/ws/room", "key-of-alice", isHandshake: true);
        var node = _first.Requests.Count > 0 ? "ws-1" : "ws-2";
        var tunnels = _app.Services.GetRequiredService<TunnelRegistry>();
        await Deadline.Until("the tunnel", () => tunnels.Count == 1);

        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync("/fleet/nodes", null)).StatusCode);
        Assert.Contains($"\"home\":\"{node}\"", await ReadAsync("/fleet/users/alice"), StringComparison.Ordinal);
        Assert.Contains($"\"node\":\"{node}\"", await ReadAsync("/fleet/users/alice"), StringComparison.Ordinal);

        using var drained = await SendAsync($"/fleet/nodes/{node}/drain", "key-of-bob", method: HttpMethod.Post);
        Assert.Equal(HttpStatusCode.OK, drained.StatusCode);
        Assert.DoesNotContain($"\"home\":\"{node}\"", await ReadAsync("/fleet/users/alice"), StringComparison.Ordinal);
        using var unknown = await SendAsync("/fleet/nodes/ws-9/drain", "key-of-bob", method: HttpMethod.Post);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using var events = await SendAsync("/fleet/events", "key-of-bob");
        using var lines = new StreamReader(await events.Content.ReadAsStreamAsync(Cancellation));
        string? line;
        do
        {
            line = await lines.ReadLineAsync(Cancellation);
            Assert.NotNull(line);
        }
        while (line != "event: Drain");

        using var resumed = await SendAsync($"/fleet/nodes/{node}/resume", "key-of-bob", method: HttpMethod.Post);
        Assert.Equal(HttpStatusCode.OK, resumed.StatusCode);
    }

    [Fact]
    public async Task Health_IsThatOfTheBalancer() =>
        await Deadline.Until("healthy", async () => (await SendAsync("/health", null)).IsSuccessStatusCode);

    [Fact]
    public async Task Health_IsThatOfTheBalancer_WhichRequiresMoreNodesThanThereAre()
    {
        await using var other = await StartAsync("--WsBalancer:Clusters:chat:Readiness:MinAvailableNodes=3");
        using var http = new HttpClient();

        using var response = await http.GetAsync(new Uri($"{other.Urls.Single()}/health"), Cancellation);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    [Fact]
    public async Task AnotherInstance_StartsBesideIt()
    {
        await using var other = await StartAsync();

        Assert.NotEqual(_app.Urls.Single(), other.Urls.Single());
    }

    private async Task<WebApplication> StartAsync(params string[] arguments)
    {
        var app = Sample.Build(
        [
            "--Urls=http://127.0.0.1:0",
            "--Logging:LogLevel:Default=None",
            $"--ReverseProxy:Clusters:chat:Destinations:ws-1:Address={_first.Address}",
            $"--ReverseProxy:Clusters:chat:Destinations:ws-2:Address={_second.Address}",
            .. arguments,
        ]);
        await app.StartAsync(Cancellation);
        return app;
    }

    private async Task<string> ReadAsync(string target)
    {
        using var response = await SendAsync(target, "key-of-bob");
        return await response.Content.ReadAsStringAsync(Cancellation);
    }

    private Task<HttpResponseMessage> SendAsync(
        string target, string? key, bool isHandshake = false, HttpMethod? method = null)
    {
        var request = new HttpRequestMessage(method ?? HttpMethod.Get, _app.Urls.Single() + target);
        if (key is not null)
        {
            request.Headers.Add("X-Api-Key", key);
        }

        if (isHandshake)
        {
            request.Headers.Add("Connection", "Upgrade");
            request.Headers.Add("Upgrade", "websocket");
            request.Headers.Add("Sec-WebSocket-Version", "13");
            request.Headers.Add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        }

        return _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
    }
}
