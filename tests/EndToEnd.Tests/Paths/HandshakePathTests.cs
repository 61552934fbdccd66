using System.Text;
using WsBalancer.EndToEnd.Tests.Nodes;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Paths;

/// <summary>Both paths of a handshake send the same request to the node and the same response to the client.</summary>
public sealed class HandshakePathTests(BothPaths paths) : IClassFixture<BothPaths>
{
    private const string Accepted =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n";

    public static TheoryData<string, string> Requests => new()
    {
        { "/chat?user=alice", "" },
        { "/odd/a/b?user=alice&x=%2F%3f", "X-Set: mine\r\nX-Appended: mine\r\nX-Removed: mine\r\nX-Fwd-For: 6.6\r\n" },
        { "/chat?user=alice", "X-Twice: 1\r\nx-other: O\r\nX-Twice: 2\r\nX-TWICE:  3 \r\nX-Empty:\r\n" },
        { "/chat?user=alice", "X-Name: Zoë 王 😀\r\nX-Latin: ß\r\nCookie: a=ü\r\n" },
        { "/chat?user=alice", "Cookie: a=1; b=\"2\"\r\nCookie: c=3\r\nUser-Agent: a/1 (b)\r\nUser-Agent: c\r\n" },
        { "/chat?user=alice", "Connection: X-Hop\r\nX-Hop: gone\r\nTE: trailers\r\nKeep-Alive: 5\r\n" },
        { "/chat?user=alice", "X-Forwarded-For: 6.6.6.6\r\nX-Real-IP: 6.6.6.6\r\nForwarded: x\r\nVia: 1.1 x\r\n" },
        { "/chat?user=alice", "Content-Length: 0\r\nContent-Type: a/b\r\nContent-Language: de\r\nX-Last: 1\r\n" },
        { "/chat?user=alice", "Expect: 100-continue\r\nAccept: a, b;q=0.5\r\nAccept: c\r\nAccept-Language: de\r\n" },
        { "/chat?user=alice", "Sec-WebSocket-Protocol: a, b\r\nSec-WebSocket-Protocol: c\r\nProxy-Connection: x\r\n" },
        { "/chat?user=alice", "Authorization: Bearer a.b.c=\r\nOrigin: null\r\nIf-Match: x\r\nRange: x\r\n" },
        { "/chat?user=alice", "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n" },
        { $"/chat?user=alice&long={new string('x', 7_000)}", "" },
        { $"/chat?user=alice", $"X-Long: {new string('y', 20_000)}\r\n" },
        { "/a%20b/%C3%A4/c;d=1//e/../f/.?user=al+ice%26&x=%2f&empty=&=&&y", "" },
        { "/chat?user=%F0%9F%98%80|{}[]^`'\"<>\\", "" },
        { "http://odd.example:81/chat?user=alice", "" },
    };

    public static TheoryData<string> Answers => new(
        Accepted + "\r\n",
        Accepted + "X-Answer: a\r\nX-Gone: b\r\nX-Added: c\r\nSec-WebSocket-Protocol: d\r\nSet-Cookie: e=1\r\n\r\n",
        Accepted + "Server: s\r\nDate: Wed, 21 Oct 2015 07:28:00 GMT\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n",
        Accepted + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\nContent-Type: text/plain\r\n\r\n",
        Accepted + "Connection: keep-alive\r\nupgrade: twice\r\nX-Odd-Case: 1\r\nx-odd-case: 2\r\n\r\n",
        Accepted.Replace("Upgrade\r\nUpgrade", "keep-alive, Upgrade\r\nUPGRADE", StringComparison.Ordinal) + "\r\n",
        "HTTP/1.1 101 Go on then\r\n\r\n",
        "HTTP/1.0 101 Old\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + Accepted + "\r\n",
        Accepted.Replace("\r\n", "\n", StringComparison.Ordinal) + "X-Bare: yes\n\n");

    public static TheoryData<string> Refusals => new(
        "HTTP/1.1 401 Unauthorized\r\nContent-Length: 11\r\nWWW-Authenticate: Bearer realm=\"x\"\r\n\r\nHello again",
        "HTTP/1.1 403 Not here\r\nContent-Type: text/plain\r\n\r\nuntil the end\r\nof the connection",
        "HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n6;x=y\r\n again\r\n0\r\nX-T: 1\r\n\r\n",
        "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n5\r\nHello\r\n0\r\n\r\n",
        "HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nETag: \"x\"\r\n\r\n",
        "HTTP/1.0 200 OK\r\n\r\nold",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-A: 1\r\nX-A: 2\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: /login?a=%20\r\nContent-Length: 0\r\nLast-Modified: never\r\n\r\n",
        "HTTP/1.1 503 Later\r\nRetry-After: 7\r\nContent-Length: 2\r\nX-Answer: a\r\nX-Gone: b\r\n\r\nno",
        "HTTP/1.1 599 \r\nContent-Length: 2\r\n\r\nno");

    // Bytes that are no response, or only part of one; each ends the connection.
    public static TheoryData<string> Failures => new(
        "",
        "SSH-2.0-OpenSSH_9.9\r\n",
        "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\nX-A",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\n: no name\r\n\r\n",
        "HTTP/1.1 2 OK\r\n\r\n",
        "HTTP/2 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX-Latin: M\u00fcnchen\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 Gr\u00fc\u00df\r\nContent-Length: 0\r\n\r\n",
        $"HTTP/1.1 200 OK\r\nX-Long: {new string('x', 70_000)}\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nHello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nHel",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno chunk\r\n");

    [Fact]
    public async Task TheOtherPath_IsTheNativeOne()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere there are no event loops.");

        Assert.Equal("native", await paths.PathOfNative());
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task TheNode_ReceivesTheSameRequest(string target, string headers) =>
        await AssertAlike(Handshake(target, headers), SendAndClose(Accepted + "\r\n"));

    [Theory]
    [MemberData(nameof(Answers))]
    [MemberData(nameof(Refusals))]
    [MemberData(nameof(Failures))]
    public async Task TheClient_IsAnsweredTheSame(string answer)
    {
        await AssertAlike(Handshake("/chat?user=alice"), SendAndClose(answer));
        await AssertAlike(Handshake("/odd/chat?user=alice"), SendAndClose(answer));
    }

    [Theory]
    [MemberData(nameof(Answers))]
    [MemberData(nameof(Refusals))]
    public async Task AnAnswerByteByByte_IsTheSame(string answer) =>
        await AssertAlike(Handshake("/chat?user=alice"), async connection =>
        {
            foreach (var single in Encoding.Latin1.GetBytes(answer))
            {
                await connection.Wire.Send(new[] { single });
            }

            await Leave(connection);
        });

    [Fact]
    public async Task AReset_IsTheSame() => await AssertAlike(Handshake("/chat?user=alice"), Script.Reset);

    [Fact]
    public async Task AResetWithinTheHead_IsTheSame() =>
        await AssertAlike(Handshake("/chat?user=alice"), async connection =>
        {
            await connection.Wire.Send("HTTP/1.1 101 Sw");
            connection.Wire.Reset();
        });

    [Fact]
    public async Task BytesOfTheNodeBehindThe101_AreTheSame()
    {
        var payload = Encoding.Latin1.GetString([.. Frame.Text("early").ToBytes(), .. Frame.Text("bird").ToBytes()]);

        var received = await AssertAlike(Handshake("/chat?user=alice"), SendAndClose($"{Accepted}\r\n{payload}"));

        Assert.EndsWith(payload, received.AtClient, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BytesOfTheClientBehindItsRequest_AreTheSame()
    {
        var frame = Frame.Text("early").Masked([1, 2, 3, 4]);
        byte[] request = [.. Encoding.UTF8.GetBytes(Handshake("/chat?user=alice")), .. frame.ToBytes()];
        var received = await AssertAlike(request, async connection =>
        {
            await connection.Wire.Send($"{Accepted}\r\n");
            await connection.Send((await connection.Wire.ReadFrame()).Unmasked());
            await Leave(connection);
        });

        Assert.EndsWith("early", received.AtClient, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ALongRefusal_IsTheSame()
    {
        var body = string.Concat(Enumerable.Range(0, 200_000).Select(i => $"{i},"));

        var received = await AssertAlike(
            Handshake("/chat?user=alice"),
            SendAndClose($"HTTP/1.1 403 No\r\nContent-Length: {body.Length}\r\n\r\n{body}"));

        Assert.EndsWith(body, received.AtClient, StringComparison.Ordinal);
    }

    private static string Handshake(string target, string headers = "") =>
        $"GET {target} HTTP/1.1\r\nHost: chat.example:81\r\nUpgrade: websocket\r\nConnection: close, Upgrade\r\n"
        + $"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{headers}\r\n";

    private static Func<NodeConnection, Task> SendAndClose(string answer) => async connection =>
    {
        await connection.Wire.Send(Encoding.Latin1.GetBytes(answer));
        await Leave(connection);
    };

    private static async Task Leave(NodeConnection connection)
    {
        connection.Wire.HalfClose();
        await connection.Wire.ReadToEnd();
    }

    private Task<Transcript> AssertAlike(string request, Func<NodeConnection, Task> script) =>
        AssertAlike(Encoding.UTF8.GetBytes(request), script);

    private async Task<Transcript> AssertAlike(byte[] request, Func<NodeConnection, Task> script)
    {
        var (portable, native) = await paths.Compare(request, script);

        Assert.Equal(portable, native);
        return native;
    }
}
