using System.Net.WebSockets;
using System.Security.Cryptography;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Nodes;

namespace WsBalancer.EndToEnd.Tests;

/// <summary>WebSockets over HTTP/2 and TLS between client and balancer; the nodes need no HTTP/2.</summary>
public sealed class Http2Tests(SecureFleet secure) : IClassFixture<SecureFleet>
{
    [Fact]
    public async Task ManyWebSockets_OnOneConnection_EachReachesItsOwner()
    {
        using var client = secure.Begin();
        string[] users = [.. Enumerable.Range(0, 20).Select(i => $"user-{i}")];

        foreach (var user in users)
        {
            using var socket = await client.Open(secure.Url(user));
            var welcome = await socket.ReadText();
            var owner = (string?)(await secure.Fleet.Balancer.Owner(user))["owner"];

            Assert.Equal($$"""{"type":"welcome","node":"{{owner}}","user":"{{user}}"}""", welcome);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000)]
    [InlineData(1_000_000)]
    public async Task AMessage_IsReturnedWhole(int size)
    {
        using var client = secure.Begin();
        using var socket = await client.Open(secure.Url("alice"));
        await socket.ReadText();
        var message = RandomNumberGenerator.GetBytes(size);

        await socket.SendAsync(message, WebSocketMessageType.Binary, true, TestContext.Current.CancellationToken);
        var echo = await socket.ReadMessage();

        Assert.True(message.AsSpan().SequenceEqual(echo));
    }

    [Fact]
    public async Task TheNode_SeesAnHttp1Handshake()
    {
        using var client = secure.Begin();
        using var socket = await client.Open(secure.Url("alice"));
        await socket.ReadText();

        var request = secure.Fleet.Nodes.SelectMany(node => node.Requests).Single();

        Assert.Equal("GET /chat?user=alice HTTP/1.1", request.StartLine);
        Assert.Equal(("websocket", "13"), (request["Upgrade"], request["Sec-WebSocket-Version"]));
        Assert.NotNull(request["Sec-WebSocket-Key"]);
        Assert.Equal("https", request["X-Forwarded-Proto"]);
    }

    [Fact]
    public async Task AClose_IsRelayedBothWays()
    {
        using var client = secure.Begin();
        using var socket = await client.Open(secure.Url("alice"));
        await socket.ReadText();

        await socket.CloseAsync((WebSocketCloseStatus)4001, "done", TestContext.Current.CancellationToken);

        Assert.Equal((4001, "done"), ((int?)socket.CloseStatus, socket.CloseStatusDescription));
    }

    [Fact]
    public async Task TheSubprotocol_IsTheNodesChoice()
    {
        using var client = secure.Begin(Script.Echo(("Sec-WebSocket-Protocol", "chat.v1")));

        using var socket = await client.Open(secure.Url("alice"), options =>
        {
            options.AddSubProtocol("chat.v2");
            options.AddSubProtocol("chat.v1");
        });

        Assert.Equal("chat.v1", socket.SubProtocol);
    }

    [Fact]
    public async Task ARefusal_KeepsItsStatus()
    {
        using var client = secure.Begin(Script.Answer(403, "Forbidden", "no"));

        var refusal = await Assert.ThrowsAsync<WebSocketException>(() => client.Open(secure.Url("alice")));

        Assert.Contains("403", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AReset_IsRetriedAtTheNextNode()
    {
        using var client = secure.Begin();
        var user = await secure.Fleet.Balancer.UserOf("a", "b");
        secure.Fleet.A.Script = Script.Reset;

        using var socket = await client.Open(secure.Url(user));

        Assert.Contains("\"node\":\"b\"", await socket.ReadText(), StringComparison.Ordinal);
    }
}
