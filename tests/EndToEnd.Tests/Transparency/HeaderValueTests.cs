using System.Net;
using System.Net.Security;
using System.Text;
using WsBalancer.EndToEnd.Tests.Nodes;

namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>Header values are passed on as bytes in both directions: all but CR, LF and NUL.</summary>
[Collection(nameof(FrontFleet))]
public sealed class HeaderValueTests(FrontFleet shared)
{
    private const string Handshake = FrontFleet.Handshake;

    public static TheoryData<string> Values =>
    [
        "caf\u00E9",
        Latin1("café 王 😀"),
        "\u00FF\u00FE\u0080\u00A0x",
        "a\u0001b\u001Bc\u007Fd\te",
        string.Concat(Enumerable.Range(1, 255).Where(value => value is not (10 or 13)).Select(value => (char)value))
            .Trim('\t', ' '),
    ];

    [Theory]
    [MemberData(nameof(Values))]
    public async Task ValueOfARequest_ReachesTheNode(string value)
    {
        foreach (var headers in (string[])["", Handshake])
        {
            var seen = await shared.AtNode(
                $"GET /chat HTTP/1.1\r\nHost: x\r\n{headers}X-Odd: {value}\r\nCookie: a={value}\r\n\r\n");

            Assert.All(seen, at =>
            {
                Assert.Contains($"\r\nX-Odd: {value}\r\n", at.Request.Text, StringComparison.Ordinal);
                Assert.Contains($"\r\nCookie: a={value}\r\n", at.Request.Text, StringComparison.Ordinal);
            });
        }
    }

    [Theory]
    [MemberData(nameof(Values))]
    public async Task ValueOfAnAnswer_ReachesTheClient(string value)
    {
        (int Status, string Request)[] exchanges = [(200, ""), (403, Handshake), (101, Handshake)];
        foreach (var (status, headers) in exchanges)
        {
            foreach (var door in shared.Doors)
            {
                var (answer, body, _) = await shared.Exchange(
                    door,
                    $"GET /chat HTTP/1.1\r\nHost: x\r\n{headers}\r\n",
                    connection => Answer(connection, status, value));

                Assert.Equal((door, status), (door, answer.Status));
                Assert.Contains($"\r\nX-Odd: {value}\r\n", answer.Text, StringComparison.Ordinal);
                Assert.Contains($"\r\nServer: {value}\r\n", answer.Text, StringComparison.Ordinal);
                Assert.Equal(status == 101 ? "" : "fine", body);
            }
        }
    }

    // YARP removes these headers as hop-by-hop; nginx and HAProxy pass them on.
    [Fact]
    public async Task HeaderThatYarpLeavesOut_PassesBothWays()
    {
        const string Skipped = "Upgrade-Insecure-Requests: 1\r\nAlt-Svc: a\r\nProxy-Authorization: b\r\nALPN: c\r\n";
        foreach (var door in shared.Doors)
        {
            var (answer, _, request) = await shared.Exchange(
                door,
                $"GET /chat HTTP/1.1\r\nHost: x\r\n{Skipped}Keep-Alive: 5\r\n\r\n",
                connection => connection.Wire.Send(
                    $"HTTP/1.1 200 OK\r\n{Skipped}Connection: close\r\nContent-Length: 0\r\n\r\n"));

            foreach (var head in new[] { request!, answer })
            {
                Assert.Equal(
                    ["1", "a", "b", "c"],
                    [head["Upgrade-Insecure-Requests"], head["Alt-Svc"], head["Proxy-Authorization"], head["ALPN"]]);
                Assert.Null(head["Keep-Alive"]);
            }
        }
    }

    [Fact]
    public async Task Values_OverHttp2_Pass()
    {
        const string Value = "caf\u00E9 \u0001\u007F\u00C3\u00A9";
        foreach (var door in shared.Doors.Where(door => door.IsSecure))
        {
            shared.Node.Forget();
            shared.Node.Script = connection => Answer(connection, 200, Value);
            using var client = new HttpMessageInvoker(new SocketsHttpHandler
            {
                SslOptions = new SslClientAuthenticationOptions
                {
                    RemoteCertificateValidationCallback = door.Certificate!.IsPresented,
                },
                RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1,
                ResponseHeaderEncodingSelector = (_, _) => Encoding.Latin1,
            });
            using var request = new HttpRequestMessage(HttpMethod.Get, $"https://127.0.0.1:{door.Port}/chat")
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
            request.Headers.TryAddWithoutValidation("X-Odd", Value);
            using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

            Assert.Equal((door, Value), (door, answer.Headers.NonValidated["X-Odd"].ToString()));
            Assert.Contains(
                $"\r\nx-odd: {Value}\r\n",
                Assert.Single(shared.Node.Requests).Text,
                StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [InlineData("\u00C3\u00A9ve", "\u00E9ve")]
    [InlineData("\u00C3\u00A0", "\u00E0")]
    [InlineData("alice", "alice")]
    public async Task UserIdInAHeader_IsTheTextOfItsUtf8(string bytes, string user)
    {
        foreach (var door in shared.Doors)
        {
            shared.Node.Forget();
            shared.Node.Script = Script.Echo();
            using var wire = await door.Send(
                $"GET /chat HTTP/1.1\r\nHost: x\r\n{Handshake}X-Forwarded-User: {bytes}\r\n\r\n");
            await wire.ReadHead();

            await Deadline.Until(
                $"{user} has a tunnel through {door}",
                async () => (await door.Balancer.Owner(user))["tunnels"]!.AsArray().Count > 0);
        }
    }

    private static Task Answer(NodeConnection connection, int status, string value)
    {
        var accept = Wire.HandshakeKey.Answer(connection.Request["Sec-WebSocket-Key"] ?? "");
        var rest = status == 101
            ? $"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
            : "Connection: close\r\nContent-Length: 4\r\n\r\nfine";
        return connection.Wire.Send(Encoding.Latin1.GetBytes(
            $"HTTP/1.1 {status} Odd\r\nX-Odd: {value}\r\nServer: {value}\r\n{rest}"));
    }

    private static string Latin1(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
}
