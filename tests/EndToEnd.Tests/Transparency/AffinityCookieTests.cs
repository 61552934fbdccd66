using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Nodes;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>A client without an id gets a cookie with its first answer, and is placed by it from that request on.
/// </summary>
public sealed partial class AffinityCookieTests(CookieFleet fleet) : IClassFixture<CookieFleet>
{
    private const int Pairs = 30;

    public static TheoryData<string> Engines => new("io_uring", "epoll", "sockets");

    public static MatrixTheoryData<string, string> Answers => new(
        ["io_uring", "epoll", "sockets"],
        [
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
            "HTTP/1.1 204 No Content\r\n\r\n",
            "HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n",
            "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n",
            "HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\nno",
        ]);

    public static MatrixTheoryData<string, string> Replaced => new(
        ["io_uring", "sockets"],
        [
            $"{CookieFleet.Name}=", CookieFleet.Name, $"{CookieFleet.Name}=a b", $"{CookieFleet.Name}=\"\"",
            $"{CookieFleet.Name}=a,b", $"{CookieFleet.Name}={new string('x', 1025)}", "other=1",
        ]);

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task APlainRequest_AndTheHandshakeAfterIt_ReachOneNode(string engine)
    {
        var balancer = await fleet.Begin(engine, NamedNode());
        var nodes = new HashSet<string>();

        for (var i = 0; i < Pairs; i++)
        {
            var (head, node) = await Request(balancer, "POST /hub/negotiate?negotiateVersion=1");
            using var socket = await RawClient.Open(
                Endpoint(balancer), "/hub?id=1", ("Cookie", $"x=1; {PairOf(head)}"));

            Assert.Equal(node, await socket.ReadWelcome());
            Assert.Empty(socket.Response.All("Set-Cookie"));
            nodes.Add(node);
        }

        Assert.Equal(3, nodes.Count);
    }

    [Theory]
    [InlineData("io_uring", "1.1")]
    [InlineData("io_uring", "2.0")]
    [InlineData("sockets", "1.1")]
    [InlineData("sockets", "2.0")]
    public async Task OverTls_APlainRequest_AndTheHandshakeAfterIt_ReachOneNode(string engine, string version)
    {
        var balancer = await fleet.Begin(engine, NamedNode());
        using var requests = fleet.NewHttpClient(balancer);
        using var sockets = fleet.NewHttp2Client();
        var url = new Uri($"wss://127.0.0.1:{balancer.UrlOf("https").Port}/hub");

        for (var i = 0; i < Pairs; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/poll")
            {
                Version = Version.Parse(version),
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
            using var response = await requests.SendAsync(request, TestContext.Current.CancellationToken);
            var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));
            Assert.Matches(SecureCookie(), cookie);

            using var socket = await sockets.Open(url, options =>
            {
                options.HttpVersion = Version.Parse(version);
                options.SetRequestHeader("Cookie", cookie.Split(';')[0]);
            });
            var node = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.Equal(node, (string?)JsonNode.Parse(await socket.ReadText())!["node"]);
        }
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task OverTls_TheFirstHandshake_GetsTheCookieBesideTheNodes(string version)
    {
        var balancer = await fleet.Begin("auto", Script.Echo(("Set-Cookie", "session=1; Path=/")));
        using var sockets = fleet.NewHttp2Client();

        using var socket = await sockets.Open(
            new Uri($"wss://127.0.0.1:{balancer.UrlOf("https").Port}/hub"),
            options => options.HttpVersion = Version.Parse(version));

        var headers = new Dictionary<string, IEnumerable<string>>(
            socket.HttpResponseHeaders!, StringComparer.OrdinalIgnoreCase);
        Assert.Collection(
            headers["Set-Cookie"],
            cookie => Assert.Equal("session=1; Path=/", cookie),
            cookie => Assert.Matches(SecureCookie(), cookie));
        Assert.DoesNotContain("Cache-Control", headers.Keys);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task TheFirstHandshake_GetsTheCookieBesideTheNodes(string engine)
    {
        var balancer = await fleet.Begin(engine, Script.Echo(("Set-Cookie", "session=1; Path=/")));

        using var socket = await RawClient.Open(Endpoint(balancer), "/hub");
        var node = await socket.ReadWelcome();

        Assert.Collection(
            socket.Response.All("Set-Cookie"),
            cookie => Assert.Equal("session=1; Path=/", cookie),
            cookie => Assert.Matches(Cookie(), cookie));
        Assert.Null(socket.Response["Cache-Control"]);
        var (_, again) = await Request(balancer, "GET /x", $"Cookie: {PairOf(socket.Response)}\r\n", NamedNode());
        Assert.Equal(node, again);
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task EveryAnswerOfANode_SetsTheCookie(string engine, string answer)
    {
        var balancer = await fleet.Begin(engine, connection => connection.Wire.Send(answer));

        var (head, _) = await Request(balancer, "GET /x");

        Assert.StartsWith(answer[..12], head.StartLine, StringComparison.Ordinal);
        Assert.Matches(Cookie(), Assert.Single(head.All("Set-Cookie")));
        Assert.Equal("private", head["Cache-Control"]);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task ARefusedHandshake_SetsTheCookie(string engine)
    {
        var balancer = await fleet.Begin(engine, Script.Answer(401, "Unauthorized", "no"));

        using var client = await RawClient.SendRequest(Endpoint(balancer).Port, "/hub");

        Assert.Equal(401, client.Response.Status);
        Assert.Matches(Cookie(), client.Response["Set-Cookie"]);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task ARefusalOfTheBalancer_SetsTheCookie(string engine)
    {
        var balancer = await fleet.Begin(engine);

        var (plain, _) = await Request(balancer, "GET /down/x");
        using var handshake = await RawClient.SendRequest(Endpoint(balancer).Port, "/down/x");

        Assert.All([plain, handshake.Response], head =>
        {
            Assert.Equal(503, head.Status);
            Assert.Matches(Cookie(), Assert.Single(head.All("Set-Cookie")));
        });
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task ARetry_KeepsTheCookie(string engine)
    {
        var balancer = await fleet.Begin(engine, NamedNode());
        var before = await Retries();

        for (var i = 0; i < 10; i++)
        {
            var (head, node) = await Request(balancer, "GET /half/x");
            using var socket = await RawClient.Open(Endpoint(balancer), "/half/x");

            Assert.Equal("a", node);
            Assert.Matches(Cookie(), Assert.Single(head.All("Set-Cookie")));
            Assert.Matches(Cookie(), Assert.Single(socket.Response.All("Set-Cookie")));
        }

        Assert.True(await Retries() > before);

        async Task<double> Retries() =>
            (await balancer.Scrape()).Sum("wsbalancer_retries_total", "cluster=\"half\"");
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task ACookieOfTheNodeWithTheSameName_IsTheOnlyOne(string engine)
    {
        var balancer = await fleet.Begin(engine, connection => connection.IsUpgrade
            ? Script.Echo(("Set-Cookie", $"{CookieFleet.Name}=its-own"))(connection)
            : connection.Answer(200, "OK", "", ("Set-Cookie", $"{CookieFleet.Name}=its-own")));

        var (plain, _) = await Request(balancer, "GET /x");
        using var socket = await RawClient.Open(Endpoint(balancer), "/x");

        Assert.Equal([$"{CookieFleet.Name}=its-own"], plain.All("Set-Cookie"));
        Assert.Equal([$"{CookieFleet.Name}=its-own"], socket.Response.All("Set-Cookie"));
        Assert.Null(plain["Cache-Control"]);
    }

    [Theory]
    [MemberData(nameof(Replaced))]
    public async Task ACookieThatIsEmptyOrMalformed_IsReplaced(string engine, string cookie)
    {
        var balancer = await fleet.Begin(engine);

        var (plain, _) = await Request(balancer, "GET /x", $"Cookie: a=1; {cookie}\r\n");
        using var socket = await RawClient.Open(Endpoint(balancer), "/x", ("Cookie", $"a=1; {cookie}"));

        Assert.Equal(200, plain.Status);
        Assert.Matches(Cookie(), Assert.Single(plain.All("Set-Cookie")));
        Assert.Matches(Cookie(), Assert.Single(socket.Response.All("Set-Cookie")));
    }

    [Theory]
    [InlineData("Cookie: affinity=alice\r\n", "/x")]
    [InlineData("Cookie: affinity=\r\nCookie: affinity=alice\r\n", "/x")]
    [InlineData("Cookie: __Secure-other=alice\r\n", "/x")]
    [InlineData("", "/x?user=alice")]
    public async Task AClientWithAnId_GetsNone(string header, string target)
    {
        var balancer = await fleet.Begin("auto");

        var (head, _) = await Request(balancer, $"GET {target}", header);

        Assert.Empty(head.All("Set-Cookie"));
        Assert.Null(head["Cache-Control"]);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Settings_AreItsAttributes(string engine)
    {
        var balancer = await fleet.Begin(engine);

        var (head, _) = await Request(balancer, "GET /set/x");

        Assert.Matches(SetCookie(), Assert.Single(head.All("Set-Cookie")));
    }

    [Theory]
    [InlineData("https", true)]
    [InlineData("http", false)]
    public async Task ATrustedTlsTerminator_MakesItSecure(string scheme, bool isSecure)
    {
        var balancer = await fleet.Begin("auto");

        var (plain, _) = await Request(balancer, "GET /x", $"X-Forwarded-Proto: {scheme}\r\n");
        using var socket = await RawClient.Open(Endpoint(balancer), "/x", ("X-Forwarded-Proto", scheme));

        Assert.All([plain, socket.Response], head =>
            Assert.Matches(isSecure ? SecureCookie() : Cookie(), Assert.Single(head.All("Set-Cookie"))));
    }

    // The name of the node is in the body of its answers and in the first frame of its tunnels.
    private static Func<NodeConnection, Task> NamedNode() => connection => connection.IsUpgrade
        ? Script.Echo()(connection)
        : connection.Answer(200, "OK", connection.Node, ("Connection", "close"));

    private async Task<(MessageHead Head, string Body)> Request(
        Balancer balancer, string line, string headers = "", Func<NodeConnection, Task>? script = null)
    {
        foreach (var node in fleet.Nodes)
        {
            node.Script = script ?? node.Script;
        }

        using var client = await RawClient.Connect(Endpoint(balancer));
        var length = line.StartsWith("POST", StringComparison.Ordinal) ? "Content-Length: 0\r\n" : "";
        await client.Wire.Send($"{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{length}{headers}\r\n");
        var head = (await client.Wire.ReadHead())!;
        return (head, Encoding.UTF8.GetString((await client.Wire.ReadToEnd()).Bytes));
    }

    private static IPEndPoint Endpoint(Balancer balancer) => IPEndPoint.Parse(balancer.UrlOf("http").Authority);

    private static string PairOf(MessageHead head) =>
        head.All("Set-Cookie").Single(cookie => Cookie().IsMatch(cookie)).Split(';')[0];

    [GeneratedRegex("^affinity=[A-Za-z0-9_-]{22}; path=/; samesite=lax; httponly$")]
    private static partial Regex Cookie();

    [GeneratedRegex("^affinity=[A-Za-z0-9_-]{22}; path=/; secure; samesite=lax; httponly$")]
    private static partial Regex SecureCookie();

    [GeneratedRegex("^__Secure-other=[A-Za-z0-9_-]{22}; max-age=3600; domain=example.com; path=/set; secure; "
        + "samesite=none; Partitioned$")]
    private static partial Regex SetCookie();
}
