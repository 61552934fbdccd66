using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Nodes;

namespace WsBalancer.EndToEnd.Tests;

/// <summary>A response of a node that is not a 101 reaches the client unchanged, to the last byte.</summary>
public sealed class RefusalTests(OneNode shared) : IClassFixture<OneNode>
{
    [Theory]
    [InlineData(200, "OK")]
    [InlineData(302, "Found")]
    [InlineData(400, "Bad Request")]
    [InlineData(401, "Unauthorized")]
    [InlineData(403, "Forbidden")]
    [InlineData(404, "Not Found")]
    [InlineData(426, "Upgrade Required")]
    [InlineData(429, "Too Many Requests")]
    [InlineData(500, "Internal Server Error")]
    [InlineData(503, "Service Unavailable")]
    public async Task ARefusal_ReachesTheClientWhole(int status, string reason)
    {
        var balancer = shared.Begin(Script.Answer(
            status, reason, """{"why":"nö"}""",
            ("Content-Type", "application/json"), ("WWW-Authenticate", "Bearer realm=\"x\""),
            ("Location", "/login?a=%20"), ("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2"), ("X-Odd", "kept")));

        using var client = await balancer.SendRequest("alice");
        var body = await client.ReadBody();

        Assert.Equal($"HTTP/1.1 {status} {reason}", client.Response.StartLine);
        Assert.Equal("""{"why":"nö"}""", body);
        Assert.Equal("application/json", client.Response["Content-Type"]);
        Assert.Equal("Bearer realm=\"x\"", client.Response["WWW-Authenticate"]);
        Assert.Equal("/login?a=%20", client.Response["Location"]);
        Assert.Equal(["a=1; Path=/", "b=2"], client.Response.All("Set-Cookie"));
        Assert.Equal("kept", client.Response["X-Odd"]);
        Assert.Equal(1, shared.Node.Upgrades);
    }

    [Fact]
    public async Task ALongRefusal_ReachesTheClientWhole()
    {
        var body = new string('x', 1_000_000);
        var balancer = shared.Begin(Script.Answer(403, "Forbidden", body));

        using var client = await balancer.SendRequest("alice");

        Assert.Equal(body, await client.ReadBody());
    }

    // The headers of this response claim an upgrade, but any status other than 101 is a plain HTTP response.
    [Fact]
    public async Task AnUpgradeHeaderWithoutA101_OpensNoTunnel()
    {
        var balancer = shared.Begin(Script.Answer(
            200, "OK", "plain", ("Upgrade", "websocket"), ("Connection", "Upgrade")));

        using var client = await balancer.SendRequest("alice");
        var body = await client.ReadBody();
        var owner = await balancer.Owner("alice");

        Assert.Equal((200, "plain"), (client.Response.Status, body));
        Assert.Empty(owner["tunnels"]!.AsArray());
    }

    [Fact]
    public async Task AfterARefusal_TheNextHandshakeIsANewOne()
    {
        var balancer = shared.Begin(Script.Answer(401, "Unauthorized", "who?"));
        using (var refused = await balancer.SendRequest("alice"))
        {
            await refused.ReadBody();
        }

        shared.Node.Script = Script.Echo();

        Assert.Equal("a", await balancer.Visit("alice"));
        Assert.Equal(2, shared.Node.Upgrades);
    }
}
