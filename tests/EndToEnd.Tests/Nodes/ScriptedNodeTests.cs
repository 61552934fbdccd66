using System.Net.Sockets;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Nodes;

/// <summary>The two ends of every test, without a balancer between them: each receives what the other sent.</summary>
public sealed class ScriptedNodeTests
{
    [Fact]
    public async Task Echo_ReturnsAFrameUnchanged()
    {
        await using var node = ScriptedNode.Start("ws-1");
        using var client = await RawClient.Open(node.Port, "/chat?user=alice");

        var welcomed = await client.ReadWelcome();
        var sent = new Frame(Opcode.Text, [1, 2, 3]) { Final = false, Reserved = 4, Length = LengthForm.Bits64 };
        await client.Send(sent);
        var frame = await client.Read();
        var code = await client.Close(4001, "done");

        Assert.Equal("ws-1", welcomed);
        Assert.Equal((Opcode.Text, false, 4), (frame.Opcode, frame.Final, frame.Reserved));
        Assert.Equal(LengthForm.Bits64, frame.Length);
        Assert.Null(frame.Mask);
        Assert.Equal([1, 2, 3], frame.Payload);
        Assert.Equal(4001, code);
    }

    [Fact]
    public async Task Request_IsKeptWithItsHeadersInOrder()
    {
        await using var node = ScriptedNode.Start("ws-1");
        using var client = await RawClient.Open(node.Port, "/chat?a=1&user=al%20ice", ("X-B", "1"), ("x-b", "2"));

        var request = (await node.NextArrival()).Request;

        Assert.Equal("GET /chat?a=1&user=al%20ice HTTP/1.1", request.StartLine);
        Assert.Equal("al%20ice", request.Query("user"));
        Assert.Equal(["1", "2"], request.All("X-B"));
        Assert.Equal(1, node.Upgrades);
    }

    [Fact]
    public async Task Answer_ReachesTheClientWhole()
    {
        var script = Script.Answer(401, "Unauthorized", "who?", ("X-Why", "none"));
        await using var node = ScriptedNode.Start("ws-1", script);
        using var client = await RawClient.SendRequest(node.Port, "/");

        var body = await client.ReadBody();
        var end = await client.Wire.ReadEnd();

        Assert.Equal(("HTTP/1.1 401 Unauthorized", "none"), (client.Response.StartLine, client.Response["X-Why"]));
        Assert.Equal(("who?", StreamEnd.Fin), (body, end));
    }

    [Fact]
    public async Task AnswerInChunks_ReachesTheClientWhole()
    {
        await using var node = ScriptedNode.Start("ws-1", connection => connection.Wire.Send(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n"));
        using var client = await RawClient.SendRequest(node.Port, "/");

        Assert.Equal("abc0123456789", await client.ReadBody());
    }

    [Fact]
    public async Task Reset_IsDistinguishedFromFin()
    {
        await using var node = ScriptedNode.Start("ws-1", Script.Reset);
        using var client = await RawClient.Connect(node.Port);

        await client.Wire.Send("GET / HTTP/1.1\r\n\r\n");
        var end = await client.Wire.ReadEnd();

        Assert.Equal(StreamEnd.Reset, end);
    }

    [Fact]
    public async Task Silence_SendsNothingUntilTheClientDisconnects()
    {
        await using var node = ScriptedNode.Start("ws-1", Script.Silence);
        using var client = await RawClient.Connect(node.Port);
        await client.Wire.Send("GET / HTTP/1.1\r\n\r\n");
        await node.NextArrival();

        client.Wire.HalfClose();
        var end = await client.Wire.ReadEnd();

        Assert.Equal(StreamEnd.Fin, end);
    }

    [Fact]
    public async Task StopListening_RefusesNewConnectionsAndKeepsOldOnes()
    {
        await using var node = ScriptedNode.Start("ws-1");
        using var client = await RawClient.Open(node.Port, "/");
        await client.ReadWelcome();

        await node.StopListening();
        var refusal = await Assert.ThrowsAsync<SocketException>(() => RawClient.Connect(node.Port));
        await client.Send(Frame.Text("still here"));

        Assert.Equal(SocketError.ConnectionRefused, refusal.SocketErrorCode);
        Assert.Equal("still here", (await client.Read()).PayloadText);
    }

    [Fact]
    public async Task ListenAgain_TakesConnectionsOnTheSamePort()
    {
        await using var node = ScriptedNode.Start("ws-1");
        await node.StopListening();

        node.ListenAgain();
        using var client = await RawClient.Open(node.Port, "/");

        Assert.Equal("ws-1", await client.ReadWelcome());
        Assert.Equal(1, node.Connections);
    }

    [Fact]
    public async Task AFailingScript_FailsTheTest()
    {
        var node = ScriptedNode.Start("ws-1", _ => throw new InvalidDataException("not what I expected"));
        using (var client = await RawClient.Connect(node.Port))
        {
            await client.Wire.Send("GET / HTTP/1.1\r\n\r\n");
            await client.Wire.ReadEnd();
        }

        var failure = await Assert.ThrowsAsync<AggregateException>(async () => await node.DisposeAsync());

        Assert.IsType<InvalidDataException>(Assert.Single(failure.InnerExceptions));
    }
}
