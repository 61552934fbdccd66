using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>Each spelling of a host matches its route; the host of an absolute target replaces Host.</summary>
[Collection(nameof(FrontFleet))]
public sealed class HostTests(FrontFleet shared)
{
    private const string Handshake = FrontFleet.Handshake;

    [Theory]
    [InlineData("chat.example")]
    [InlineData("chat.example.")]
    [InlineData("Chat.EXAMPLE.:8443")]
    [InlineData("chat.example:80")]
    [InlineData("a.wild.example.")]
    public async Task Host_InAnySpelling_MatchesItsRouteAndReachesTheNode(string host)
    {
        var seen = await shared.AtNode($"GET /named HTTP/1.1\r\nHost: {host}\r\n\r\n");

        AssertNamed(seen, "/named", host);
    }

    [Fact]
    public async Task OtherHost_MatchesAnotherRoute()
    {
        var seen = await shared.AtNode("GET /named HTTP/1.1\r\nHost: chat.example.org\r\n\r\n");

        Assert.All(seen, at => Assert.Equal((at.Door, null), (at.Door, at.Request["X-Route"])));
    }

    [Theory]
    [InlineData("http://chat.example/named?x=%2F|", "chat.example", "/named?x=%2F|", "chat.example")]
    [InlineData("http://chat.example/named", "other.example", "/named", "chat.example")]
    [InlineData("https://Chat.Example.:8443/named", "other.example", "/named", "Chat.Example.:8443")]
    [InlineData("ws://chat.example/named", "chat.example", "/named", "chat.example")]
    [InlineData("WS://chat.example:80/named", "x", "/named", "chat.example:80")]
    [InlineData("wss://user@chat.example/named", "x", "/named", "chat.example")]
    public async Task AbsoluteTarget_IsTheHostAndThePath(string target, string host, string path, string expected)
    {
        foreach (var headers in (string[])["", Handshake])
        {
            var seen = await shared.AtNode($"GET {target} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n");

            AssertNamed(seen, path, expected);
        }
    }

    [Theory]
    [InlineData("ws://x.example", "/")]
    [InlineData("http://x.example?a=b", "/?a=b")]
    [InlineData("wss://x.example/", "/")]
    public async Task AbsoluteTargetWithoutAPath_IsTheRoot(string target, string expected)
    {
        var seen = await shared.AtNode($"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.All(seen, at => Assert.Equal(
            (at.Door, expected, "x.example"), (at.Door, at.Request.Target, at.Request["Host"])));
    }

    // The request arrives in pieces, followed by a frame.
    [Fact]
    public async Task AbsoluteTargetOfAWebSocket_IsATunnel()
    {
        foreach (var door in shared.Doors)
        {
            shared.Node.Forget();
            shared.Node.Script = Nodes.Script.Echo();
            using var wire = await door.Send("GET w");
            await wire.Send("s://x.example/cha");
            await wire.Send($"t?user=alice HTTP/1.1\r\nHost: x\r\n{Handshake}");
            await wire.Send((byte[])[.. "\r\n"u8, .. Frame.Text("early").Masked().ToBytes()]);

            Assert.Equal((door, 101), (door, (await wire.ReadHead())!.Status));
            await wire.ReadFrame();
            Assert.Equal("early", System.Text.Encoding.UTF8.GetString((await wire.ReadFrame()).Payload));
        }
    }

    // The content of a body is not rewritten, even if it has the form of a request.
    [Fact]
    public async Task BodyThatLooksLikeARequest_IsAsItWas()
    {
        const string Body = "GET ws://x.example/ HTTP/1.1\r\nHost: x\r\n\r\n";
        foreach (var door in shared.Doors)
        {
            var received = new TaskCompletionSource<string>();
            var (answer, _, _) = await shared.Exchange(
                door,
                $"POST /chat HTTP/1.1\r\nHost: x\r\nContent-Length: {Body.Length}\r\n\r\n{Body}",
                async connection =>
                {
                    received.SetResult(System.Text.Encoding.ASCII.GetString(
                        await connection.Wire.ReadBytes(Body.Length)));
                    await connection.Answer(200, "OK", "fine", ("Connection", "close"));
                });

            Assert.Equal((door, 200, Body), (door, answer.Status, await received.Task));
        }
    }

    private static void AssertNamed(List<(Door Door, MessageHead Request)> seen, string target, string host) =>
        Assert.All(seen, at => Assert.Equal(
            (at.Door, target, host, "named"),
            (at.Door, at.Request.Target, at.Request["Host"], at.Request["X-Route"])));
}
