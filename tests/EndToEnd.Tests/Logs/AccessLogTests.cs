using System.Text.Json.Nodes;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Nodes;
using WsBalancer.EndToEnd.Tests.Processes;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Logs;

/// <summary>One line at the end of each tunnel, and one for each refusal, on every path and protocol.</summary>
public sealed class AccessLogTests : IAsyncLifetime
{
    private const string Section = "WsBalancer:AccessLog";
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Target = "/chat/a%20b?user=alice&token=s3cr3t";

    private static readonly (string Name, string Value)[] Headers =
        [("x-forwarded-for", "192.0.2.7"), ("traceparent", $"00-{Trace}-b7ad6b7169203331-01")];

    private readonly TestCertificate _certificate = TestCertificate.Create();
    private readonly ScriptedNode _node = ScriptedNode.Start("a");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wsbalancer-access-");

    private string File => Path.Combine(_folder.FullName, "access.log");

    [Theory]
    [InlineData("io_uring", "native")]
    [InlineData("epoll", "native")]
    [InlineData("sockets", "portable")]
    public async Task TunnelOverHttp1_HasALine(string engine, string via)
    {
        await using var balancer = await Start(engine);
        using (var client = await RawClient.Open(balancer.UrlOf("http").Port, Target, Headers))
        {
            await client.ReadWelcome();
            await client.Send(Frame.Text("hello"));
            await client.Read();
            await client.Close(3001);
        }

        var line = await Line(1);

        AssertTunnel(line, via, "HTTP/1.1", 101);
        Assert.Equal(("client", 3001), ((string?)line["reason"], (int?)line["closeCode"]));

        // The text, then the Close frame: header, mask and payload.
        Assert.Equal((11 + 8, 2), ((int?)line["bytesFromClient"], (int?)line["framesFromClient"]));
        Assert.Equal(3, (int?)line["framesFromNode"]);
        Assert.Equal(Trace, (string?)line["traceId"]);
    }

    [Fact]
    public async Task TunnelOverHttp2_HasALine()
    {
        await using var balancer = await Start("auto");
        await using (var connection = await Http2Connection.Connect(balancer.UrlOf("https").Port, _certificate))
        {
            using var client = await connection.Open(Target, Headers);
            await client.ReadWelcome();
            await client.Close();
        }

        var line = await Line(1);

        AssertTunnel(line, "portable", "HTTP/2", 200);
        Assert.Equal(("client", 1000), ((string?)line["reason"], (int?)line["closeCode"]));
    }

    [Theory]
    [InlineData("io_uring")]
    [InlineData("epoll")]
    [InlineData("sockets")]
    public async Task TunnelThatIsClosedByAnOperator_HasTheCodeOfTheBalancer(string engine)
    {
        await using var balancer = await Start(engine);
        using var client = await RawClient.Open(balancer.UrlOf("http").Port, Target, Headers);
        await client.ReadWelcome();
        await balancer.UntilOpen();

        Assert.Equal(0, (await balancer.Command("disconnect", "--user", "alice")).Code);
        var close = await client.Read();
        await client.Send(Frame.Close(close.CloseCode!.Value, ""));

        var line = await Line(1);
        Assert.Equal("disconnect", (string?)line["reason"]);
        Assert.Equal(close.CloseCode, (int?)line["closeCode"]);
        Assert.False((bool?)line["forced"]);
    }

    [Fact]
    public async Task Refusals_HaveALineEach()
    {
        await using var balancer = await Start("auto");
        var port = balancer.UrlOf("http").Port;

        // Refusals before a node is chosen, by the node, by the server, and after the failure of a node.
        (await RawClient.SendRequest(port, "/chat?token=s3cr3t", Headers)).Dispose();
        _node.Script = Script.Answer(401, "Unauthorized", "");
        (await RawClient.SendRequest(port, Target, Headers)).Dispose();
        using (var client = await RawClient.Connect(port))
        {
            await client.Wire.Send("GET /chat?token=s3cr3t HTTP/7.7\r\nHost: a\r\n\r\n");
            await client.Wire.ReadHead();
        }

        _node.Script = Script.Reset;
        (await RawClient.SendRequest(port, Target, Headers)).Dispose();

        JsonNode[] lines = [await Line(1), await Line(2), await Line(3), await Line(4)];
        Assert.All(lines, line => Assert.Equal("refusal", (string?)line["event"]));
        Assert.Equal(
            ["no_user", "refused", "bad_http_version", "unreachable"], lines.Select(line => (string?)line["reason"]));
        Assert.Equal([400, 401, 505, 503], lines.Select(line => (int?)line["status"]));
        Assert.Equal([null, "a", null, "a"], lines.Select(line => (string?)line["node"]));
        Assert.Equal([0, 1, 0, 1], lines.Select(line => (int?)line["attempts"]));
        Assert.Equal(
            ["192.0.2.7", "192.0.2.7", "127.0.0.1", "192.0.2.7"], lines.Select(line => (string?)line["client"]));
        Assert.Equal("/chat", (string?)lines[0]["path"]);
        Assert.Equal("alice", (string?)lines[3]["user"]);
        Assert.DoesNotContain("s3cr3t", await Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LastLines_AreWrittenWhenTheBalancerStops()
    {
        await using var balancer = await Start("auto");
        using var client = await RawClient.Open(balancer.UrlOf("http").Port, Target, Headers);
        await client.ReadWelcome();
        await balancer.UntilOpen();

        balancer.Process.Send(Signal.Terminate);
        await client.Read();
        await client.Send(Frame.Close(1001, ""));
        Assert.Equal(0, await balancer.Process.ExitCode());

        Assert.Equal("shutdown", (string?)(await Line(1))["reason"]);
    }

    [Fact]
    public async Task FileThatIsRenamed_IsReopenedOnHangup()
    {
        await using var balancer = await Start("auto");
        var port = balancer.UrlOf("http").Port;
        (await RawClient.SendRequest(port, "/first", Headers)).Dispose();
        await Line(1);

        System.IO.File.Move(File, File + ".1");
        balancer.Process.Send(Signal.Hangup);
        await Deadline.Until("the file is there again", () => System.IO.File.Exists(File));
        (await RawClient.SendRequest(port, "/second", Headers)).Dispose();

        Assert.Equal("/second", (string?)(await Line(1))["path"]);
    }

    [Fact]
    public async Task LogThatIsTurnedOnByAReload_HasLines()
    {
        await using var balancer = await Balancer.Start(Config().Set(Section, null));
        await balancer.Write(Config().Set($"{Section}:Path", "stdout").Set($"{Section}:Format", "text").ToString());

        await Deadline.Until(
            "a line on standard output",
            async () =>
            {
                (await RawClient.SendRequest(balancer.UrlOf("http").Port, "/chat", Headers)).Dispose();
                return balancer.Process.Lines.Any(line =>
                    line.StartsWith("time=", StringComparison.Ordinal)
                    && line.Contains(" event=refusal reason=no_user status=400 ", StringComparison.Ordinal)
                    && line.Contains(" path=/chat ", StringComparison.Ordinal));
            },
            () => balancer.Process.Output);
    }

    [Theory]
    [InlineData("missing/access.log", "there is no folder")]
    [InlineData(".", "it is a folder")]
    public async Task PathThatIsBad_IsRefusedAtTheStart(string path, string reason)
    {
        var file = Path.Combine(_folder.FullName, "w.json");
        await System.IO.File.WriteAllTextAsync(
            file,
            Config().Set($"{Section}:Path", path).ToString(),
            TestContext.Current.CancellationToken);

        await using var process = RunningProcess.Start("wsbalancer", Programs.Balancer, "run", "--config", file);

        Assert.Equal(2, await process.ExitCode());
        Assert.Contains(
            $"{Section}:Path is '{path}': {reason}", process.Output, StringComparison.Ordinal);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _certificate.Dispose();
        await _node.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static void AssertTunnel(JsonNode line, string via, string protocol, int status)
    {
        Assert.Equal("tunnel", (string?)line["event"]);
        Assert.Equal((BalancerConfig.Cluster, "a"), ((string?)line["cluster"], (string?)line["node"]));
        Assert.Equal((via, protocol), ((string?)line["via"], (string?)line["protocol"]));
        Assert.Equal(("alice", "192.0.2.7"), ((string?)line["user"], (string?)line["client"]));
        Assert.Equal(("/chat/a%20b", status), ((string?)line["path"], (int?)line["status"]));
        Assert.Equal(1, (int?)line["attempts"]);
        Assert.All(
            (string[])["durationMs", "handshakeMs", "connectMs", "firstByteMs"],
            name => Assert.True((double?)line[name] > 0, $"{name}: {line}"));
        Assert.True(
            (double)line["connectMs"]! + (double)line["firstByteMs"]! <= (double)line["handshakeMs"]!, $"{line}");
    }

    private Task<Balancer> Start(string engine) => Balancer.Start(Config(), engine);

    private BalancerConfig Config() => BalancerConfig.With(_node)
        .WithTwoEndpoints(_certificate)
        .Set("WsBalancer:TrustedProxies", new JsonArray("127.0.0.1"))
        .Set($"{Section}:Path", File)
        .Set($"{Section}:UserId", "plain");

    // The lines are numbered from 1.
    private async Task<JsonNode> Line(int number)
    {
        await Deadline.Until(
            $"line {number}", async () => (await Text()).Count(it => it == '\n') >= number, () => File);
        return JsonNode.Parse((await Text()).Split('\n')[number - 1])!;
    }

    private async Task<string> Text() => System.IO.File.Exists(File)
        ? await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken)
        : "";
}
