using System.Buffers;
using System.Text;
using WsBalancer.Proxy.Http;
using WsBalancer.Proxy.Placement.Http;

namespace WsBalancer.Proxy.Tests.Placement.Http;

public sealed class RequestHeadTests
{
    private static readonly HeaderEncoding Utf8 = new(static _ => null);

    private static readonly HeaderEncoding Bytes = new(static _ => Encoding.Latin1);

    public static TheoryData<string, string[]> Requests => new()
    {
        { "http://node.example/", [] },
        { "http://node.example:80/chat", [] },
        { "http://node.example:8081/chat?user=alice&x=%2F%3f&empty=&user=b+c#part", [] },
        { "http://[::1]:8081/chat", [] },
        { "http://127.0.0.1:8081/a%20b/%C3%A4/c;d=1?q=\"'<>", [] },
        { "http://nöde.example:8081/ä?ö=ü", [] },
        { $"http://node.example/?{new string('x', 20_000)}", [] },
        { "http://node.example/", ["Host: chat.example:81", "Connection: Upgrade", "Upgrade: websocket"] },
        { "http://node.example/", ["Connection: Upgrade", "upgrade: WebSocket", "Host: late.example"] },
        { "http://node.example/", ["sec-websocket-key: dGhl==", "SEC-WEBSOCKET-VERSION: 13", "x-ODD-Case: Kept"] },
        { "http://node.example/", ["X-Name: Zoë 王 😀", "X-Empty: ", "Authorization: Bearer a.b.c=", "Origin: null"] },
        { "http://node.example/", [$"X-Long: {new string('ö', 10_000)}"] },
        { "http://node.example/", ["Content-Type: text/plain", "Content-Length: 0", "Content-Language: de", "X-A: b"] },
        { "http://node.example/", ["X-A: b", "Content-Type: text/plain", "Last-Modified: never"] },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Head_IsWhatThePlatformsClientSends(string uri, string[] headers)
    {
        using var client = new PlatformClient("HTTP/1.1 204 No\r\n\r\n"u8.ToArray());
        using (await client.SendAsync(Request(uri, headers)))
        {
            Assert.Equal(Text(client.Sent), Text(Write(Request(uri, headers))));
        }
    }

    [Fact]
    public void RepeatedHeader_IsALineForEachValue()
    {
        var request = Request("http://node.example/", ["X-Twice: 1", "Cookie: a=1", "X-Twice: 2", "X-Twice: "]);

        Assert.Equal(
            "GET / HTTP/1.1\r\nHost: node.example\r\nX-Twice: 1\r\nX-Twice: 2\r\nX-Twice: \r\nCookie: a=1\r\n\r\n",
            Text(Write(request)));
    }

    [Fact]
    public void BodyWithoutALength_IsAnnouncedInChunks()
    {
        var output = new ArrayBufferWriter<byte>(1);

        RequestHead.Write(Request("http://node.example/", ["X-A: b"]), Utf8, isChunked: true, output);

        Assert.EndsWith(
            "X-A: b\r\nTransfer-Encoding: chunked\r\n\r\n",
            Text(output.WrittenSpan.ToArray()),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\rb")]
    [InlineData("a\nX-Other: b")]
    [InlineData("a\r\n\r\nGET / HTTP/1.1")]
    [InlineData("a\0b")]
    public void ValueThatWouldBreakOut_IsRefused(string value)
    {
        var request = PlatformClient.Handshake;
        request.Headers.TryAddWithoutValidation("X-Injected", ["fine", value]);

        Assert.Throws<HttpRequestException>(() => Write(request));
    }

    [Theory]
    [InlineData("/a b")]
    [InlineData("/a\r\nX: y")]
    [InlineData("/ä")]
    [InlineData("/a\u007f")]
    public void TargetThatWouldBreakOut_IsRefused(string target)
    {
        var raw = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://node.example{target}", raw));

        Assert.Throws<HttpRequestException>(() => Write(request));
    }

    [Fact]
    public void AnnouncementOfABody_IsRefused()
    {
        var request = PlatformClient.Handshake;
        request.Headers.TryAddWithoutValidation("transfer-encoding", "chunked");

        Assert.Throws<HttpRequestException>(() => Write(request));
    }

    [Theory]
    [InlineData("/a%2Fb%3A%41%E9%e9|{}\"^%//c/../d#e", "?")]
    [InlineData("//", "?x=%zz&y=\\|^`{}")]
    [InlineData("", "?a")]
    public void RawTarget_IsWrittenAsItIs(string path, string query)
    {
        var uri = TargetUri.Create("http://node.example:81/", path, query);

        Assert.StartsWith(
            $"GET {(path.Length == 0 ? "/" : path)}{query} HTTP/1.1\r\nHost: node.example:81\r\n",
            Text(Write(new HttpRequestMessage(HttpMethod.Get, uri))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void ValueThatWasReadAsBytes_IsWrittenAsTheSameBytes()
    {
        var bytes = Enumerable.Range(1, 255).Where(value => value is not ('\r' or '\n')).Select(value => (byte)value);
        var request = PlatformClient.Handshake;
        request.Headers.TryAddWithoutValidation("X-Bytes", Encoding.Latin1.GetString([.. bytes]));

        Assert.Equal([.. "X-Bytes: "u8, .. bytes], LineOf("X-Bytes", Write(request, Bytes)));
    }

    private static byte[] LineOf(string name, byte[] head)
    {
        var line = head.AsSpan(head.AsSpan().IndexOf(Encoding.ASCII.GetBytes($"{name}: ")));
        return line[..line.IndexOf("\r\n"u8)].ToArray();
    }

    private static byte[] Write(HttpRequestMessage request, HeaderEncoding? encoding = null)
    {
        // The code that selects the client does the same: the check makes the content compute its length.
        Assert.True(request.Content is null or { Headers.ContentLength: 0 });
        var output = new ArrayBufferWriter<byte>(1);
        RequestHead.Write(request, encoding ?? Utf8, isChunked: false, output);
        return output.WrittenSpan.ToArray();
    }

    private static HttpRequestMessage Request(string uri, string[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, uri);
        foreach (var header in headers)
        {
            var (name, value) = (header.Split(": ")[0], header[(header.IndexOf(": ", StringComparison.Ordinal) + 2)..]);
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content ??= new ByteArrayContent([]);
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return request;
    }

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
