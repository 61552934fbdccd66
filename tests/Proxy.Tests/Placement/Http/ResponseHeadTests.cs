using System.Text;
using WsBalancer.Proxy.Placement.Http;

namespace WsBalancer.Proxy.Tests.Placement.Http;

public sealed class ResponseHeadTests
{
    public static TheoryData<string> Heads => new(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Accept: x=\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Type: text/plain; charset=x\r\nLast-Modified: y\r\n\r\n",
        "HTTP/1.0 403 Not welcome, ever\r\nWWW-Authenticate: Bearer realm=\"x\"\r\nServer: a b/2 (c)\r\n\r\n",
        "HTTP/1.7 299\r\n\r\n",
        "HTTP/1.1 599 \r\nX-Empty:\r\nX-Blank: \t \r\nX-Odd-Case:kept \r\n\r\n",
        "HTTP/1.1 200 OK\nx-bare: lines\nX-More: yes\n\n",
        "HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Path=/\r\nX-A: 1\r\nSet-Cookie: b=2\r\nX-A: 2\r\nx-a: 3\r\n\r\n",
        "HTTP/1.1 200 Gr\u00fc\u00df\r\nX-Latin: M\u00fcnchen\r\nAccept-Encoding: asked\r\nHost: odd.example\r\n\r\n",
        "HTTP/1.1 401 No\r\nSpaced  : name\r\nDate: soon\r\nVia: 1.1 a\r\nVia: 1.1 b\r\nKeep-Alive: timeout=5\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 None\r\nX-A: b\r\n\r\n",
        "HTTP/1.1 102 Busy\r\n\r\nHTTP/1.1 101 Now\r\nX-A: b\r\n\r\n",
        $"HTTP/1.1 200 OK\r\nX-Long: {new string('x', 60_000)}\r\n\r\n");

    public static TheoryData<string> Garbage => new(
        "SSH-2.0-OpenSSH_9.9\r\n",
        "HTTP/1.1 20\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1  200 OK\r\n\r\n",
        "HTTP/2 200 OK\r\n\r\n",
        "HTTP/1.x 200 OK\r\n\r\n",
        "http/1.1 200 OK\r\n\r\n",
        "\r\nHTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon here\r\nX-A: b\r\n",
        "HTTP/1.1 200 OK\r\n: no name\r\n\r\n",
        "HTTP/1.1 200 OK\r\nodd name: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nn\u00e4me: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\n folded: before any\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 OK\r\n\r\n");

    [Theory]
    [MemberData(nameof(Heads))]
    public async Task Head_IsWhatThePlatformsClientMakesOfIt_HoweverItArrives(string head)
    {
        using var client = new PlatformClient(Encoding.Latin1.GetBytes(head));
        using var expected = await client.SendAsync(PlatformClient.Handshake);
        var bytes = Encoding.Latin1.GetBytes(head + "first of the tunnel");
        foreach (var pieces in Pieces.WaysToArrive(bytes))
        {
            using var response = Read(pieces, out var rest);

            Assert.NotNull(response);
            Assert.Equal(
                (expected.StatusCode, expected.ReasonPhrase, expected.Version),
                (response.StatusCode, response.ReasonPhrase, response.Version));
            Assert.Equal(expected.Headers.ToString(), response.Headers.ToString());
            Assert.Equal(expected.Content.Headers.ToString(), response.Content.Headers.ToString());
            Assert.Equal("first of the tunnel", rest);
        }
    }

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task Garbage_IsRefusedAsByThePlatformsClient_WithoutWaitingForMore(string head)
    {
        var bytes = Encoding.Latin1.GetBytes(head);
        using var client = new PlatformClient(bytes);
        var expected = await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(PlatformClient.Handshake));
        Assert.Equal(HttpRequestError.InvalidResponse, expected.HttpRequestError);
        foreach (var pieces in Pieces.WaysToArrive(bytes))
        {
            var failure = Assert.Throws<HttpRequestException>(() => Read(pieces, out _));

            Assert.Equal(HttpRequestError.InvalidResponse, failure.HttpRequestError);
        }
    }

    [Theory]
    [InlineData("200 OK\r\nX-A: a\0b")]
    [InlineData("200 OK\r\nX-A: a\rb")]
    [InlineData("200 a\0b")]
    [InlineData("200 a\rb")]
    [InlineData("099 Low")]
    public void WhatNoHeadMayHold_IsRefused(string head)
    {
        var bytes = Encoding.Latin1.GetBytes($"HTTP/1.1 {head}\r\n\r\n");

        var failure = Assert.Throws<HttpRequestException>(() => Read([bytes], out _));

        Assert.Equal(HttpRequestError.InvalidResponse, failure.HttpRequestError);
    }

    [Fact]
    public void FoldedValue_IsOneLine()
    {
        var bytes = "HTTP/1.1 200 OK\r\nX-Folded: a\r\n \tb\r\n\tc\r\nX-A: b\r\n\r\n"u8.ToArray();
        foreach (var pieces in Pieces.WaysToArrive(bytes))
        {
            using var response = Read(pieces, out _);

            Assert.Equal("a b c", response!.Headers.NonValidated["X-Folded"].ToString());
            Assert.Equal("b", response.Headers.NonValidated["X-A"].ToString());
        }
    }

    [Fact]
    public async Task HeadThatIsTooLong_IsRefusedAsByThePlatformsClient()
    {
        var bytes = Encoding.ASCII.GetBytes(
            $"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX-Long: {new string('x', 65_500)}\r\n");
        using var client = new PlatformClient(bytes);
        var expected = await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(PlatformClient.Handshake));
        foreach (var pieces in Pieces.WaysToArrive(bytes))
        {
            var failure = Assert.Throws<HttpRequestException>(() => Read(pieces, out _));

            Assert.Equal(expected.HttpRequestError, failure.HttpRequestError);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK")]
    [InlineData("HTTP/1.1 200 OK\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX-A: b")]
    [InlineData("HTTP/1.1 200 OK\r\nX-A: b\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX-A: b\r\n\r")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n")]
    public void PartOfAHead_IsNone(string head) =>
        Assert.Null(Read([Encoding.ASCII.GetBytes(head)], out _));

    // The final response, and the bytes after its head; null if the head is incomplete.
    private static HttpResponseMessage? Read(byte[][] pieces, out string rest)
    {
        var reader = default(ResponseHeadReader);
        HttpResponseMessage? response = null;
        rest = "";
        foreach (var piece in pieces)
        {
            ReadOnlySpan<byte> left = piece;
            while (response is null && reader.TryRead(left, out var head, out left))
            {
                response = ResponseHead.StatusOfHead(head) is < 100 or > 199 or 101
                    ? ResponseHead.Read(head, new ByteArrayContent([]))
                    : null;
            }

            rest += response is null ? "" : Encoding.ASCII.GetString(left);
        }

        reader.Free();
        return response;
    }
}
