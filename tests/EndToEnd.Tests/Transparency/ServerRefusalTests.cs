using System.Globalization;
using System.Text;
using System.Text.Json;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>
/// Each 4xx and 5xx of the server itself has a reason: in its body, in a counter and in the log, which contains nothing
/// else of the request.
/// </summary>
public sealed class ServerRefusalTests(RefusingBalancers shared) : IClassFixture<RefusingBalancers>
{
    private const string Secret = RefusingBalancers.Secret;
    private const string Host = $"Host: {Secret}\r\n";

    private static readonly Dictionary<string, (string Request, int Status, string Reason)> Requests = new()
    {
        ["no request line"] = ($"{Secret}\r\n\r\n", 400, "bad_request_line"),
        ["a NUL in the path"] = ($"GET /{Secret}%00 HTTP/1.1\r\n{Host}\r\n", 400, "bad_request_target"),
        ["a version of the future"] = ($"GET /{Secret} HTTP/3.1\r\n{Host}\r\n", 505, "bad_http_version"),
        ["a long line"] = (
            $"GET /{Secret}{new string('a', 33_000)} HTTP/1.1\r\n{Host}\r\n", 414, "request_line_too_long"),
        ["long headers"] = (
            $"GET / HTTP/1.1\r\n{Host}X: {Secret}{new string('a', 140_000)}\r\n\r\n", 431, "header_too_large"),
        ["many headers"] = (
            $"GET / HTTP/1.1\r\n{Host}{string.Concat(Enumerable.Repeat($"X: {Secret}\r\n", 300))}\r\n", 431,
            "too_many_headers"),
        ["a space in a name"] = ($"GET / HTTP/1.1\r\n{Host}{Secret} y: 1\r\n\r\n", 400, "bad_header"),
        ["no Host"] = ($"GET /{Secret} HTTP/1.1\r\n\r\n", 400, "bad_host"),
        ["two Hosts"] = ($"GET /{Secret} HTTP/1.1\r\n{Host}{Host}\r\n", 400, "bad_host"),
        ["a length in words"] = (
            $"POST /{Secret} HTTP/1.1\r\n{Host}Content-Length: {Secret}\r\n\r\n", 400, "bad_content_length"),
        ["a body without an end"] = (
            $"POST /{Secret} HTTP/1.1\r\n{Host}Transfer-Encoding: gzip\r\n\r\n", 400, "bad_transfer_coding"),
        ["HTTP/1.0 without a length"] = ($"POST /{Secret} HTTP/1.0\r\n{Host}\r\n", 400, "length_required"),
        ["a method without *"] = ($"GET * HTTP/1.1\r\n{Host}\r\n", 405, "method_not_allowed"),
        ["a method that no route takes"] = (
            $"PATCH /chat/{Secret} HTTP/1.1\r\n{Host}Connection: close\r\n\r\n", 405, "method_not_allowed"),
        ["a path of no route"] = ($"GET /{Secret} HTTP/1.1\r\n{Host}Connection: close\r\n\r\n", 404, "no_route"),
        ["a path of no route, over HTTP/1.0"] = ($"GET /{Secret} HTTP/1.0\r\n{Host}\r\n", 404, "no_route"),
        ["half a head"] = ($"GET /{Secret} HTTP/1.1\r\n{Host}", 408, "timeout"),
    };

    public static TheoryData<string, bool, string> Everywhere() => Of(Requests.Keys);

    public static TheoryData<string, bool> Addresses()
    {
        var all = new TheoryData<string, bool>();
        foreach (var row in Of([""]))
        {
            all.Add(row.Data.Item1, row.Data.Item2);
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task BadRequest_IsExplained_CountedAndLogged(string engine, bool tls, string request)
    {
        var (text, status, reason) = Requests[request];
        var line = $"status={status} reason={reason} cluster=- node=- attempt=0 ";
        var (before, logged) = (await shared.Rejected(engine, reason), Logged(engine, line));

        using var wire = await shared.Connect(engine, tls);
        await SendAll(wire, text);
        var (head, body) = Split((await wire.ReadToEnd()).Bytes);

        AssertProblem(head, body, status, reason);
        Assert.Equal("close", head["Connection"]);
        Assert.Equal(before + 1, await shared.Rejected(engine, reason));
        await AssertLogged(engine, line, logged + 1);
    }

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task AnswerToHead_HasNoBody(string engine, bool tls)
    {
        using var wire = await shared.Connect(engine, tls);
        await wire.Send($"HEAD /{Secret} HTTP/1.1\r\nHost: a\r\n\r\nHEAD / HTTP/1.1\r\n\r\n");
        var unrouted = await wire.ReadHead();
        var (bad, body) = Split((await wire.ReadToEnd()).Bytes);

        Assert.Equal((404, "application/problem+json"), (unrouted!.Status, unrouted["Content-Type"]));
        Assert.Equal((400, "application/problem+json", ""), (bad.Status, bad["Content-Type"], body));
    }

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task BadRequest_AfterAnAnswerOfANode_IsExplained(string engine, bool tls)
    {
        using var wire = await shared.Connect(engine, tls);
        await wire.Send($"HEAD /chat/?user={Secret} HTTP/1.1\r\n{Host}\r\n{Secret}\r\n\r\n");
        var good = await wire.ReadHead();
        var (head, body) = Split((await wire.ReadToEnd()).Bytes);

        Assert.Equal(200, good!.Status);
        AssertProblem(head, body, 400, "bad_request_line");
    }

    // The server answers with a GOAWAY (HTTP_1_1_REQUIRED), which must be its first bytes.
    [Theory]
    [InlineData("io_uring")]
    [InlineData("epoll")]
    [InlineData("sockets")]
    public async Task Http2_AtAnAddressWithoutIt_IsAnsweredInHttp2(string engine)
    {
        var before = await shared.Rejected(engine, "bad_http_version");

        using var wire = await shared.Connect(engine, tls: false);
        await wire.Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        var (bytes, _) = await wire.ReadToEnd();

        Assert.Equal([0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 13], bytes);
        Assert.Equal(before + 1, await shared.Rejected(engine, "bad_http_version"));
    }

    [Theory]
    [InlineData("io_uring")]
    [InlineData("epoll")]
    [InlineData("sockets")]
    public async Task Tls_AtAnAddressWithoutIt_IsExplained(string engine)
    {
        using var wire = await shared.Connect(engine, tls: false);
        await wire.Send((byte[])[0x16, 3, 1, 0, 5, 1, 0, 0, 1, 3]);
        var (head, body) = Split((await wire.ReadToEnd()).Bytes);

        AssertProblem(head, body, 400, "tls_on_clear_port");
    }

    // No HTTP response is possible before the handshake of TLS.
    [Theory]
    [InlineData("io_uring")]
    [InlineData("epoll")]
    [InlineData("sockets")]
    public async Task NoTls_AtAnAddressWithTls_IsCountedAndLogged(string engine)
    {
        const string Line = "reason=tls_handshake ";
        var (before, logged) = (await shared.Rejected(engine, "tls_handshake"), Logged(engine, Line));
        var port = shared[engine].UrlOf("https").Port;

        using var client = await RawClient.Connect(port);
        await client.Wire.Send($"GET /{Secret} HTTP/1.1\r\n{Host}\r\n");
        await client.Wire.ReadToEnd();

        await Deadline.Until(
            "the rejection is counted",
            async () => await shared.Rejected(engine, "tls_handshake") == before + 1,
            () => "");
        await AssertLogged(engine, Line, logged + 1);
    }

    [Theory]
    [InlineData("io_uring")]
    [InlineData("epoll")]
    [InlineData("sockets")]
    public async Task Http2Errors_AreCountedAndLogged(string engine)
    {
        var port = shared[engine].UrlOf("https").Port;
        var streams = await shared.Rejected(engine, "http2_stream_error");
        var connections = await shared.Rejected(engine, "http2_connection_error");

        await using var client = await Http2Connection.Connect(port, shared.Certificate);
        var noPath = Http2Frame.Headers([(":method", "GET"), (":scheme", "https"), (":authority", Secret)]);
        await client.Send(
            new(Http2FrameType.Headers, Http2Frame.EndHeaders | Http2Frame.EndStream, 1, noPath),
            TestContext.Current.CancellationToken);
        await Deadline.Until(
            "the stream is counted",
            async () => await shared.Rejected(engine, "http2_stream_error") == streams + 1,
            () => shared[engine].Process.Output);
        await client.Send(
            new(Http2FrameType.Data, Http2Frame.EndStream, 0, [1]), TestContext.Current.CancellationToken);
        await Deadline.Until(
            "the connection is counted",
            async () => await shared.Rejected(engine, "http2_connection_error") == connections + 1,
            () => shared[engine].Process.Output);

        await AssertLogged(engine, "reason=http2_stream_error ", 1);
        await AssertLogged(engine, "reason=http2_connection_error ", 1);
    }

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task HeadAsLongAsThePeersTake_ReachesTheNode(string engine, bool tls)
    {
        using var wire = await shared.Connect(engine, tls);
        await wire.Send($"{LongHead()}Connection: close\r\n\r\n");
        var (head, body) = Split((await wire.ReadToEnd()).Bytes);

        Assert.Equal((200, "fine"), (head.Status, body));
    }

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task HandshakeAsLongAsThePeersTake_ReachesTheNode(string engine, bool tls)
    {
        using var wire = await shared.Connect(engine, tls);
        await wire.Send(
            $"{LongHead()}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
            $"Sec-WebSocket-Key: {HandshakeKey.New()}\r\n\r\n");
        var head = await wire.ReadHead();

        Assert.Equal(101, head!.Status);
    }

    // A request line of 9 KB, cookies of 40 KB, 125 headers and more.
    private static string LongHead()
    {
        var cookies = string.Join("; ", Enumerable.Range(0, 40).Select(i => $"c{i}={new string('c', 1_000)}"));
        var headers = string.Concat(Enumerable.Range(0, 123).Select(i => $"X-{i}: {i}\r\n"));

        return $"GET /chat/{new string('l', 9_000)}?user=alice HTTP/1.1\r\n{Host}Cookie: {cookies}\r\n{headers}";
    }

    private static TheoryData<string, bool, string> Of(IEnumerable<string> requests)
    {
        var all = new TheoryData<string, bool, string>();
        foreach (var request in requests)
        {
            foreach (var engine in RefusingBalancers.Engines)
            {
                all.Add(engine, false, request);
                all.Add(engine, true, request);
            }
        }

        return all;
    }

    // The server may have answered and closed the connection before it has read the whole request.
    private static async Task<bool> SendAll(WireEnd wire, string text)
    {
        try
        {
            await wire.Send(text);
            return true;
        }
        catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException)
        {
            // The answer can still be received.
            return false;
        }
    }

    private static (MessageHead Head, string Body) Split(byte[] answer)
    {
        var text = Encoding.UTF8.GetString(answer);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);

        Assert.True(end > 0, $"No head in: '{text}'");
        return (MessageHead.Parse(text[..end]), text[(end + 4)..]);
    }

    private static void AssertProblem(MessageHead head, string body, int status, string reason)
    {
        using var problem = JsonDocument.Parse(body);

        Assert.Equal(status, head.Status);
        Assert.Equal("application/problem+json", head["Content-Type"]);
        Assert.Equal(Encoding.UTF8.GetByteCount(body).ToString(CultureInfo.InvariantCulture), head["Content-Length"]);
        Assert.Equal(status, problem.RootElement.GetProperty("status").GetInt32());
        Assert.Equal(reason, problem.RootElement.GetProperty("reason").GetString());
        Assert.NotEqual("", problem.RootElement.GetProperty("title").GetString());
    }

    private int Logged(string engine, string line) =>
        shared[engine].Process.Output.Split(line, StringSplitOptions.None).Length - 1;

    private async Task AssertLogged(string engine, string line, int count)
    {
        var process = shared[engine].Process;
        await Deadline.Until(
            $"'{line}' is logged {count} times", () => Logged(engine, line) == count, () => process.Output);

        Assert.DoesNotContain(Secret, process.Output, StringComparison.Ordinal);
    }
}
