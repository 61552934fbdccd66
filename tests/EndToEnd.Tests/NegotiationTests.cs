using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Nodes;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests;

/// <summary>Client and node negotiate subprotocol and extensions; the balancer only relays the headers.</summary>
public sealed class NegotiationTests(OneNode shared) : IClassFixture<OneNode>
{
    private const string Offer =
        "permessage-deflate; client_max_window_bits; server_max_window_bits=10, x-webkit-y; a=\"b\"";

    [Fact]
    public async Task WhatTheClientOffers_ReachesTheNodeUntouched()
    {
        var balancer = shared.Begin();

        using var client = await balancer.Open(
            "alice", ("Sec-WebSocket-Protocol", "chat.v2, chat.v1"), ("Sec-WebSocket-Extensions", Offer));
        var request = (await shared.Node.NextArrival()).Request;

        Assert.Equal("chat.v2, chat.v1", request["Sec-WebSocket-Protocol"]);
        Assert.Equal(Offer, request["Sec-WebSocket-Extensions"]);
        Assert.Equal("13", request["Sec-WebSocket-Version"]);
        Assert.Equal(("websocket", "Upgrade"), (request["Upgrade"], request["Connection"]));
    }

    [Fact]
    public async Task WhatTheNodeAgreesTo_ReachesTheClientUntouched()
    {
        var balancer = shared.Begin(Script.Echo(
            ("Sec-WebSocket-Protocol", "chat.v1"),
            ("Sec-WebSocket-Extensions", "permessage-deflate; server_no_context_takeover; server_max_window_bits=10")));

        using var client = await balancer.Open(
            "alice", ("Sec-WebSocket-Protocol", "chat.v2, chat.v1"), ("Sec-WebSocket-Extensions", Offer));

        Assert.Equal("chat.v1", client.Response["Sec-WebSocket-Protocol"]);
        Assert.Equal(
            "permessage-deflate; server_no_context_takeover; server_max_window_bits=10",
            client.Response["Sec-WebSocket-Extensions"]);
    }

    [Fact]
    public async Task WithoutAnOffer_NothingIsAgreed()
    {
        var balancer = shared.Begin();

        using var client = await balancer.Open("alice");
        var request = (await shared.Node.NextArrival()).Request;

        Assert.Null(request["Sec-WebSocket-Protocol"] ?? request["Sec-WebSocket-Extensions"]);
        Assert.Null(client.Response["Sec-WebSocket-Protocol"] ?? client.Response["Sec-WebSocket-Extensions"]);
    }

    // Compressed text is not valid UTF-8: a balancer that validated the payload would reject it.
    [Fact]
    public async Task ACompressedMessage_IsRelayedAsItIs()
    {
        await using var tunnel = await HeldTunnel.Open(shared);
        var frame = new Frame(Opcode.Text, [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]) { Reserved = 4 };

        await tunnel.AssertRelayed(frame.Masked().ToBytes(), frame.ToBytes());
    }
}
