using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Transparency.Dialogues;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>A handshake over HTTP/2 reaches the node over HTTP/1.1 with the same target and fields.</summary>
public sealed class Http2TransparencyTests(SocketsWays ways) : IClassFixture<SocketsWays>
{
    [Theory]
    [InlineData("/a%2Fb")]
    [InlineData("/caf%E9/%c3%a9/%41")]
    [InlineData("/a|b/{c}/\"^`<>\\")]
    [InlineData("/50%/a//b")]
    [InlineData("/a/./b/../c")]
    [InlineData("/a?q={\"k\":[1|2]}&r=%2f%E9&s=50%")]
    [InlineData("/a?")]
    public async Task Handshake_Target_IsAsSent(string target)
    {
        var request = await RequestAtNode(target);

        Assert.Equal($"GET {target} HTTP/1.1", request.StartLine);
    }

    [Theory]
    [InlineData("caf\u00e9")]
    [InlineData("caf\u00c3\u00a9 \u00e2\u0082\u00ac")]
    [InlineData("\u00ff\u00fe\u0080")]
    [InlineData("a\tb")]
    [InlineData("")]
    [InlineData("\"a, b\",,c")]
    public async Task Handshake_Value_IsAsSent(string value)
    {
        var request = await RequestAtNode("/chat", ("x-name", value), ("cookie", "a=" + value));

        Assert.Equal([value], request.All("X-Name"));
        Assert.Equal(["a=" + value], request.All("Cookie"));
    }

    [Fact]
    public async Task Handshake_NothingIsAdded()
    {
        var request = await RequestAtNode("/chat", ("origin", "null"), ("sec-websocket-protocol", "a, b"));

        Assert.Equal(
            ["connection", "host", "origin", "sec-websocket-key", "sec-websocket-protocol", "sec-websocket-version",
                "upgrade", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto",
                "x-mark", "x-real-ip"],
            request.Headers.Select(header => header.Key.ToLowerInvariant()).Order(StringComparer.Ordinal));
    }

    // The node never answers. The mark separates the requests of a test from a second attempt of an earlier one.
    private async Task<MessageHead> RequestAtNode(string target, params (string Name, string Value)[] headers)
    {
        var pulse = new Pulse();
        var mark = Guid.NewGuid().ToString("N");
        ways.Node.Begin(pulse, mark);
        headers = [.. headers, ("x-mark", mark)];
        await using var connection = await Http2Connection.Connect(ways.SecurePort, ways.Certificate);
        try
        {
            await connection.ExtendedConnect("websocket", target, headers);

            Assert.True(await pulse.Until(() => Arrived() is not null, Deadline.Default), "The node has no request.");
            return Arrived()!;
        }
        finally
        {
            await ways.Node.Finish();
        }
    }

    private MessageHead? Arrived() => ways.Node.Connections
        .Select(party => ReadMessage.At(party.Received, 0, false, null)?.Head).FirstOrDefault(head => head is not null);
}
