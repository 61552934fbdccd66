using System.Text;
using WsBalancer.Proxy.Placement.Http;

namespace WsBalancer.Proxy.Tests.Placement.Http;

public sealed class ResponseBodyTests
{
    private const string Chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    public static TheoryData<string, string> Bodies => new()
    {
        { "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n", "Hello again" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "" },
        { "HTTP/1.1 204 None\r\n\r\n", "" },
        { "HTTP/1.1 304 Same\r\nContent-Length: 5\r\n\r\n", "" },
        { "HTTP/1.1 200 OK\r\n\r\n", "until the end\r\n\r\nof the connection" },
        { "HTTP/1.1 200 OK\r\n\r\n", "" },
        { "HTTP/1.0 200 OK\r\nConnection: close\r\n\r\n", "old" },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", "2\r\nab\r\n0\r\n\r\n" },
        { Chunked, "0\r\n\r\n" },
        { Chunked, "5\r\nHello\r\n1;name=value\r\n \r\nA\r\n0123456789\r\n0\r\n\r\n" },
        { Chunked, "00c \t\r\nHello\r\nagain\r\n0;last\r\nX-Trailer: a\r\nX-Other: b\r\n\r\n" },
        { Chunked, "3\nabc\nb\n0123456789a\n0\n\n" },
        { Chunked, $"1f40\r\n{new string('x', 8000)}\r\n3E8\r\n{new string('y', 1000)}\r\n0\r\n\r\n" },
    };

    public static TheoryData<string, string> Broken => new()
    {
        { "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n", "Hello" },
        { Chunked, "" },
        { Chunked, "5\r\nHel" },
        { Chunked, "5\r\nHello\r\n" },
        { Chunked, "5\r\nHello\r\n0\r\nX-A: b\r\n" },
        { Chunked, "x\r\nHello\r\n0\r\n\r\n" },
        { Chunked, "\r\n5\r\nHello\r\n0\r\n\r\n" },
        { Chunked, "5 5\r\nHello\r\n0\r\n\r\n" },
        { Chunked, "-5\r\nHello\r\n0\r\n\r\n" },
        { Chunked, "5\r\nHello and more\r\n0\r\n\r\n" },
        { Chunked, "ffffffffffffffff1\r\nHello\r\n0\r\n\r\n" },
        { Chunked, $"5;{new string('x', 20_000)}\r\nHello\r\n0\r\n\r\n" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Body_IsWhatThePlatformsClientReads_HoweverItArrives(string head, string body)
    {
        using var client = new PlatformClient(Encoding.ASCII.GetBytes(head + body));
        using var response = await client.SendAsync(PlatformClient.Handshake);
        var expected = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        foreach (var room in (int[])[1, 7, 100_000])
        {
            foreach (var pieces in Pieces.WaysToArrive(Encoding.ASCII.GetBytes(body)))
            {
                Assert.Equal(expected, Read(head, pieces, room));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task BrokenBody_IsRefusedAsByThePlatformsClient(string head, string body)
    {
        using var client = new PlatformClient(Encoding.ASCII.GetBytes(head + body));
        using var response = await client.SendAsync(PlatformClient.Handshake);
        await Assert.ThrowsAnyAsync<Exception>(
            () => response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        foreach (var pieces in Pieces.WaysToArrive(Encoding.ASCII.GetBytes(body)))
        {
            Assert.Throws<HttpIOException>(() => Read(head, pieces, room: 100));
        }
    }

    [Theory]
    [InlineData("Transfer-Encoding: gzip\r\n")]
    [InlineData("Transfer-Encoding: gzip, chunked\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")]
    [InlineData("Content-Length: 5\r\nContent-Length: 6\r\n")]
    [InlineData("Content-Length: +5\r\n")]
    [InlineData("Content-Length: 5, 5\r\n")]
    [InlineData("Content-Length: 99999999999999999999\r\n")]
    public void FramingThatIsNotClear_IsRefused(string headers)
    {
        using var message = MessageOf($"HTTP/1.1 200 OK\r\n{headers}\r\n");

        var failure = Assert.Throws<HttpRequestException>(() => ResponseBody.Of(message, HttpMethod.Get));

        Assert.Equal(HttpRequestError.InvalidResponse, failure.HttpRequestError);
    }

    [Theory]
    [InlineData("200 OK", "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", null)]
    [InlineData("204 None", "Content-Length: 3\r\n", null)]
    [InlineData("101 Go", "Content-Length: 3\r\n", null)]
    [InlineData("200 OK", "Content-Length: 5\r\nContent-Length: 5\r\n", 5L)]
    [InlineData("304 Same", "Content-Length: 5\r\n", 5L)]
    public void LengthThatDoesNotCount_IsRemoved(string status, string headers, long? left)
    {
        using var message = MessageOf($"HTTP/1.1 {status}\r\n{headers}\r\n");

        ResponseBody.Of(message, HttpMethod.Get);

        Assert.Equal(left, message.Content.Headers.ContentLength);
        Assert.Equal(left is null ? 0 : 1, message.Content.Headers.NonValidated.Count);
    }

    [Fact]
    public void ResponseToHead_HasNoBody()
    {
        using var message = MessageOf("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");

        Assert.True(ResponseBody.Of(message, HttpMethod.Head).IsDone);
    }

    [Fact]
    public void TrailersWithoutEnd_AreRefused()
    {
        var trailers = string.Concat(Enumerable.Repeat("X-Trailer: more\r\n", 2_000));

        Assert.Throws<HttpIOException>(
            () => Read(Chunked, [Encoding.ASCII.GetBytes($"0\r\n{trailers}")], room: 100));
    }

    private static string Read(string head, byte[][] pieces, int room)
    {
        using var message = MessageOf(head);
        var body = ResponseBody.Of(message, HttpMethod.Get);
        var read = new StringBuilder();
        var output = new byte[room];
        foreach (var piece in pieces)
        {
            for (var start = 0; start < piece.Length && !body.IsDone;)
            {
                var (used, given) = body.Read(piece.AsSpan(start), output);
                start += used;
                read.Append(Encoding.ASCII.GetString(output, 0, given));
            }
        }

        return body.TryEndWithConnection()
            ? read.ToString()
            : throw new HttpIOException(HttpRequestError.ResponseEnded, "Too short.");
    }

    private static HttpResponseMessage MessageOf(string head) =>
        ResponseHead.Read(Encoding.ASCII.GetBytes(head), new UnknownContent());

    // A content of unknown length, like the content of a response.
    private sealed class UnknownContent() : StreamContent(Stream.Null)
    {
        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
