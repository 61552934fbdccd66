
using WsBalancer.EndToEnd.Tests.Clients;

namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>A request for a WebSocket is passed on or refused with a reason; other upgrades are ignored.</summary>
[Collection(nameof(FrontFleet))]
public sealed class UpgradeListTests(FrontFleet shared)
{
    private const string Key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    private const string Version = "Sec-WebSocket-Version: 13\r\n";

    [Theory]
    [InlineData("Connection: Upgrade\r\nUpgrade: websocket\r\n")]
    [InlineData("connection: UPGRADE\r\nupgrade: WebSocket\r\n")]
    [InlineData("Connection: keep-alive, upgrade\r\nUpgrade: h2c, websocket\r\n")]
    [InlineData("Connection: keep-alive\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nUpgrade: WEBSOCKET\r\n")]
    [InlineData("Connection: Upgrade\r\nUpgrade: TLS/1.0, websocket/13 ,x\r\n")]
    [InlineData("Connection: x,\tUpgrade\r\nUpgrade: websocket\r\n")]
    [InlineData("Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 0\r\n")]
    public async Task Handshake_InWhateverForm_IsOneAtTheNode(string headers)
    {
        var seen = await shared.AtNode($"GET /chat HTTP/1.1\r\nHost: x\r\n{headers}{Key}{Version}\r\n");

        Assert.All(seen, at =>
        {
            Assert.Equal(["websocket"], at.Request.All("Upgrade"));
            Assert.Equal(["Upgrade"], at.Request.All("Connection"));
        });
    }

    // The supported versions depend on the node.
    [Theory]
    [InlineData("Sec-WebSocket-Version: 12\r\n")]
    [InlineData("")]
    public async Task OtherVersion_IsLeftToTheNode(string version)
    {
        var seen = await shared.AtNode(
            $"GET /chat HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n{Key}{version}\r\n");

        Assert.All(seen, at => Assert.Equal("websocket", at.Request["Upgrade"]));
    }

    [Theory]
    [InlineData("GET /chat HTTP/1.1", "", "handshake_key")]
    [InlineData("GET /chat HTTP/1.1", "Sec-WebSocket-Key: short\r\n", "handshake_key")]
    [InlineData("GET /chat HTTP/1.1", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ!!\r\n", "handshake_key")]
    [InlineData("GET /chat HTTP/1.1", Key + Key, "handshake_key")]
    [InlineData("GET /chat HTTP/1.1", Key + "Content-Length: 1\r\n", "handshake_body")]
    [InlineData("GET /chat HTTP/1.1", Key + "Transfer-Encoding: chunked\r\n", "handshake_body")]
    [InlineData("GET /chat HTTP/1.0", Key, "handshake_http10")]
    [InlineData("POST /chat HTTP/1.1", Key, "handshake_method")]
    public async Task MalformedHandshake_IsRefusedWithItsReason(string line, string headers, string reason)
    {
        var body = reason == "handshake_body" ? "0\r\n\r\n" : "";
        var before = await Rejected(reason);
        var refusals = await shared.Refusals(
            $"{line}\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n{Version}{headers}\r\n{body}");

        Assert.All(refusals, refusal =>
        {
            Assert.Equal((refusal.Door, 400), (refusal.Door, refusal.Answer.Status));
            Assert.Equal("application/problem+json", refusal.Answer["Content-Type"]);
            Assert.Contains("andshake", refusal.Body, StringComparison.Ordinal);
        });
        Assert.Equal(before + shared.Doors.Count, await Rejected(reason));
    }

    [Fact]
    public async Task HandshakeThatNoConnectionHeaderNames_IsRefused()
    {
        var refusals = await shared.Refusals(
            $"GET /chat HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n{Key}{Version}\r\n");

        Assert.All(refusals, refusal => Assert.Contains("Connection header", refusal.Body, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n")]
    [InlineData("Connection: Upgrade\r\nUpgrade: TLS/1.0, IRC/6.9\r\n")]
    public async Task UpgradeToSomethingElse_IsServedWithoutIt(string headers)
    {
        var before = await Total("wsbalancer_upgrades_stripped_total");
        foreach (var (method, body) in new[] { ("GET", ""), ("POST", "hello") })
        {
            var seen = await shared.AtNode(
                $"{method} /chat HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: {body.Length}\r\n\r\n{body}");

            Assert.All(seen, at =>
            {
                Assert.StartsWith(method, at.Request.StartLine, StringComparison.Ordinal);
                Assert.Null(at.Request["Upgrade"] ?? at.Request["HTTP2-Settings"]);
            });
        }

        Assert.Equal(before + (2 * shared.Doors.Count), await Total("wsbalancer_upgrades_stripped_total"));
    }

    [Fact]
    public async Task Connect_IsRefused()
    {
        var refusals = await shared.Refusals("CONNECT other.example:443 HTTP/1.1\r\nHost: other.example:443\r\n\r\n");

        Assert.All(refusals, refusal => Assert.Equal((refusal.Door, 405), (refusal.Door, refusal.Answer.Status)));
    }

    [Fact]
    public async Task ExtendedConnect_ForSomethingElse_IsRefused()
    {
        var before = await Rejected("unknown_protocol");
        foreach (var door in shared.Doors.Where(door => door.IsSecure))
        {
            shared.Node.Forget();
            await using var connection = await Http2Connection.Connect(door.Port, shared.Certificate);
            using var stream = await connection.ExtendedConnect("connect-udp", "/chat");

            Assert.False(await stream.Accepted());
            Assert.Empty(shared.Node.Requests);
        }

        Assert.Equal(before + 3, await Rejected("unknown_protocol"));
    }

    // Each field that Connection lists is removed, also next to the options of the server itself.
    [Theory]
    [InlineData("Connection: close, X-App\r\n")]
    [InlineData("Connection: keep-alive, X-App\r\n")]
    [InlineData("Connection: X-App\r\n")]
    [InlineData("Connection: Upgrade\r\nConnection: X-App\r\n")]
    [InlineData("Connection: X-App\r\nConnection: close\r\n")]
    public async Task HeaderNamedByConnection_EndsAtTheBalancer(string connection)
    {
        var seen = await shared.AtNode($"GET /chat HTTP/1.1\r\nHost: x\r\n{connection}X-App: 1\r\nX-Other: 2\r\n\r\n");

        Assert.All(seen, at => Assert.Equal(
            (at.Door, null, "2"), (at.Door, at.Request["X-App"], at.Request["X-Other"])));
    }

    private Task<double> Rejected(string reason) =>
        Total("wsbalancer_rejected_total", $"reason=\"{reason}\"");

    private async Task<double> Total(string name, params string[] labels)
    {
        var sum = 0d;
        foreach (var balancer in shared.Doors.Select(door => door.Balancer).Distinct())
        {
            sum += (await balancer.Scrape()).Sum(name, labels);
        }

        return sum;
    }
}
