using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Nodes;

namespace WsBalancer.EndToEnd.Tests;

/// <summary>
/// Only a handshake that the node accepted opens a tunnel: with other balancers, a refused one could smuggle requests.
/// </summary>
public sealed class HandshakeGuardTests(OneNode shared) : IClassFixture<OneNode>
{
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ==";

    private const string Smuggled = "GET /secret?user=eve HTTP/1.1\r\nHost: x\r\n\r\n";

    private static readonly Func<NodeConnection, Task> AlwaysUpgrade = connection => connection.AcceptUpgrade();

    // The node refuses the version. A balancer that opens a tunnel nevertheless gives the client an unfiltered
    // connection to the node.
    [Fact]
    public async Task AfterARefusedVersion_ASecondRequestIsARequestAndNotATunnel()
    {
        var balancer = shared.Begin(Script.Answer(426, "Upgrade Required", "13, please"));
        using var client = await RawClient.Connect(balancer.Port);

        await client.Wire.Send(Request("GET", "Sec-WebSocket-Version: 12") + Smuggled);
        var first = await client.Wire.ReadHead();
        await client.Wire.ReadBytes("13, please".Length);
        var second = await client.Wire.ReadHead();

        Assert.Equal((426, 426), (first?.Status, second?.Status));
        Assert.Equal(["127.0.0.1", "127.0.0.1"], shared.Node.Requests.Select(request => request["X-Forwarded-For"]));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    public async Task AnUpgradeWithAnotherMethod_OpensNoTunnel(string method)
    {
        var balancer = shared.Begin(AlwaysUpgrade);
        using var client = await RawClient.Connect(balancer.Port);

        await client.Wire.Send(Request(method, "Sec-WebSocket-Version: 13", "Content-Length: 0"));
        var answer = await client.Wire.ReadHead();

        Assert.NotEqual(101, answer?.Status);
        await HasNoTunnel(balancer);
    }

    [Fact]
    public async Task A101ThatWasNotRequested_OpensNoTunnel()
    {
        var balancer = shared.Begin(AlwaysUpgrade);
        using var client = await RawClient.Connect(balancer.Port);

        await client.Wire.Send("GET /chat?user=alice HTTP/1.1\r\nHost: x\r\n\r\n");
        var answer = await client.Wire.ReadHead();

        Assert.NotEqual(101, answer?.Status);
        await HasNoTunnel(balancer);
    }

    // A tunnel of an earlier test may not be unregistered yet; a tunnel of this test would stay.
    private static Task HasNoTunnel(Balancer balancer) => Deadline.Until(
        "alice has no tunnel", async () => (await balancer.Owner("alice"))["tunnels"]!.AsArray().Count == 0);

    [Fact]
    public async Task AnUpgradeToHttp2_EndsAtTheBalancer()
    {
        var balancer = shared.Begin();
        using var client = await RawClient.Connect(balancer.Port);

        await client.Wire.Send(
            "GET /chat?user=alice HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
            + "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n");
        var answer = await client.Wire.ReadHead();

        Assert.NotEqual(101, answer?.Status);
        Assert.All(shared.Node.Requests, request => Assert.Null(request["Upgrade"] ?? request["HTTP2-Settings"]));
    }

    // A client must not send before the 101. The balancer relays such bytes in the tunnel, and never as a request.
    [Fact]
    public async Task BytesBeforeTheAnswer_AreNeverARequest()
    {
        var balancer = shared.Begin(Script.Hold());
        using var client = await RawClient.Connect(balancer.Port);

        await client.Wire.Send(Request("GET", "Sec-WebSocket-Version: 13") + Smuggled);
        var answer = await client.Wire.ReadHead();
        var node = await shared.Node.NextArrival();
        var arrived = await node.Wire.ReadBytes(Smuggled.Length);

        Assert.Equal(101, answer?.Status);
        Assert.Equal(Smuggled, System.Text.Encoding.ASCII.GetString(arrived));
        Assert.Single(shared.Node.Requests);
    }

    private static string Request(string method, params IEnumerable<string> headers) =>
        $"{method} /chat?user=alice HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + $"Sec-WebSocket-Key: {Key}\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n";
}
