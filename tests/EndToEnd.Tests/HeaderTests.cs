using System.Text.Json.Nodes;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Nodes;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests;

/// <summary>
/// The headers about the client that a node receives are true, and all others are as the client sent them.
/// </summary>
public sealed class HeaderTests(OneNode shared) : IClassFixture<OneNode>
{
    private static readonly (string, string)[] Lies =
    [
        ("X-Forwarded-For", "6.6.6.6"), ("X-Real-IP", "6.6.6.6"), ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Host", "evil.example"),
    ];

    [Fact]
    public async Task TheClientsAddress_IsTheConnections_WhateverTheClientClaims()
    {
        var request = await RequestAtNode("/chat?user=alice", [("Host", "chat.example:81"), .. Lies]);

        Assert.Equal("127.0.0.1", request["X-Forwarded-For"]);
        Assert.Equal("127.0.0.1", request["X-Real-IP"]);
        Assert.Equal("http", request["X-Forwarded-Proto"]);
        Assert.Equal("chat.example:81", request["X-Forwarded-Host"]);
    }

    [Fact]
    public async Task ATrustedProxysHeaders_AreKept_AndItsAddressIsAdded()
    {
        await using var node = ScriptedNode.Start("a");
        await using var balancer = await Balancer.Start(
            BalancerConfig.With(node).Set("WsBalancer:TrustedProxies", new JsonArray("127.0.0.1")));

        using var client = await RawClient.Open(
            balancer.Port, "/chat?user=alice", [("Host", "chat.example:81"), .. Lies]);
        var request = (await node.NextArrival()).Request;

        Assert.Equal("6.6.6.6, 127.0.0.1", request["X-Forwarded-For"]);
        Assert.Equal("6.6.6.6", request["X-Real-IP"]);
        Assert.Equal("https", request["X-Forwarded-Proto"]);
    }

    [Fact]
    public async Task Host_IsKept()
    {
        var request = await RequestAtNode("/chat?user=alice", ("Host", "chat.example:81"));

        Assert.Equal("chat.example:81", request["Host"]);
    }

    [Theory]
    [InlineData("/chat?user=alice")]
    [InlineData("/a%20b/%C3%A4/c;d=1?user=alice&x=%2F%3f&empty=&user=bob")]
    [InlineData("/chat?user=al+ice%26&x=a+b")]
    public async Task TheTarget_IsAsTheClientWroteIt(string target)
    {
        var request = await RequestAtNode(target);

        Assert.Equal(target, request.Target);
    }

    [Fact]
    public async Task OtherHeaders_AreUntouched()
    {
        (string, string)[] sent =
        [
            ("Origin", "https://app.example"), ("User-Agent", "Mozilla/5.0 (X11; \"odd\")"), ("Cookie", "a=1; b=\"2\""),
            ("Authorization", "Bearer abc.def.ghi="), ("X-List", "a, b ;c"), ("X-Twice", "1"), ("X-Twice", "2"),
        ];

        var request = await RequestAtNode("/chat?user=alice", sent);

        // One header on two lines is equivalent to one line with a comma (RFC 9110 §5.3).
        Assert.Equal("1, 2", request["X-Twice"]);
        Assert.All(sent[..^2], header => Assert.Equal(header.Item2, request[header.Item1]));
    }

    // A trace belongs to the client and the node: the balancer neither begins a trace nor adds a span.
    [Theory]
    [InlineData(null)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    public async Task ATrace_IsTheClients(string? trace)
    {
        (string, string)[] headers = trace is null ? [] : [("traceparent", trace)];

        var request = await RequestAtNode("/chat?user=alice", headers);

        Assert.Equal(trace, request["traceparent"]);
    }

    [Fact]
    public async Task HeadersNamedByConnection_EndAtTheBalancer()
    {
        var request = await RequestAtNode(
            "/chat?user=alice", ("Connection", "keep-alive, X-Hop"), ("X-Hop", "mine"), ("TE", "trailers"));

        Assert.Null(request["X-Hop"]);
        Assert.Null(request["TE"]);
        Assert.Equal("Upgrade", request["Connection"]);
    }

    // With other balancers, "Connection: x-forwarded-for" has removed the true header on the way to the node.
    [Theory]
    [InlineData("X-Forwarded-For")]
    [InlineData("X-Real-IP")]
    [InlineData("Host")]
    [InlineData("Sec-WebSocket-Key")]
    public async Task HeadersThatTheBalancerSets_AreNotRemovedByConnection(string name)
    {
        var request = await RequestAtNode("/chat?user=alice", ("Connection", $"keep-alive, {name}"));

        Assert.NotNull(request[name]);
    }

    private async Task<MessageHead> RequestAtNode(string target, params (string Name, string Value)[] headers)
    {
        using var client = await RawClient.Open(shared.Begin().Port, target, headers);
        return (await shared.Node.NextArrival()).Request;
    }
}
