namespace WsBalancer.Cli.Tests.Status;

public sealed class StatusCommandTests
{
    private const string Ring = """
        {"algorithm": "rendezvous", "spec": "rendezvous/1;b=18;seed=none", "epoch": 7,
         "fingerprint": "00112233445566778899aabbccddeeff"}
        """;

    private static readonly string Chat = Documents.StatusCluster("chat", Ring, Documents.ChatNodes);

    [Fact]
    public async Task Status_ShowsTheBalancerAndItsClusters()
    {
        var run = await RunAsync(Documents.StatusOf(Chat));

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal(
            [
                "version        1.2.3, id b-1, started 2030-01-01 00:00:00Z",
                "descriptors    123 of 20000",
                "cluster        chat",
                "  ring         rendezvous, spec rendezvous/1;b=18;seed=none, epoch 7",
                "  fingerprint  001122334455",
                "  nodes        2, 1 available: 1 active, 1 draining; 1 healthy, 1 unhealthy",
                "  tunnels      200, 80 misplaced",
                "  draining     ws-2 80 tunnels",
                "  at run time  ws-2 added, ws-2 weighs 3",
            ],
            run.Lines.Skip(1));
        Assert.Matches("^balancer       http://127.0.0.1:[0-9]+, ready$", run.Lines.First());
    }

    [Fact]
    public async Task Status_OfABalancerThatRefusesUsers_Exits1WithTheReasonFirst()
    {
        var cluster = Documents.StatusCluster(
            "chat", Ring, Documents.ChatNodes, "\"full\": 2, \"unreachable\": 514", failed: 1030, available: 0);

        var run = await RunAsync(Documents.StatusOf(
            cluster, "\"cluster 'chat' has no available node\"", "\"cluster 'chat': unhealthy ws-2\""));

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Equal("refusing       cluster 'chat' has no available node", run.Lines.ElementAt(1));
        Assert.Equal("warning        cluster 'chat': unhealthy ws-2", run.Lines.ElementAt(2));
        Assert.Contains(
            "  last minute  516 requests rejected (unreachable 514, full 2), 1030 handshake attempts failed",
            run.Lines);
    }

    [Theory]
    [InlineData("true", "ready", "ready")]
    [InlineData("false", "stopping", "not ready: stopping")]
    [InlineData("false", "ready", "not ready: too few nodes are available")]
    public async Task Status_ShowsWhyItIsNotReady(string ready, string state, string expected)
    {
        var run = await RunAsync(Documents.StatusOf("").Replace(
            "\"ready\": true, \"state\": \"ready\"",
            $"\"ready\": {ready}, \"state\": \"{state}\"",
            StringComparison.Ordinal));

        Assert.EndsWith($", {expected}", run.Lines.First(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_ShowsRedisPeersAndCertificates()
    {
        var document = Documents.StatusOf("")
            .Replace("\"redis\": null", """
                "redis": {"address": "redis:6379", "connected": true, "since": null, "why": null}
                """, StringComparison.Ordinal)
            .Replace("\"peers\": []", """
                "peers": [{"id": "b-2", "tunnels": 120}, {"id": "b-3", "tunnels": 1}]
                """, StringComparison.Ordinal)
            .Replace("\"certificates\": []", """
                "certificates": [{"endpoint": "https", "subject": "CN=ws.example", "notAfter": "2031-02-03T04:05:06Z"}]
                """, StringComparison.Ordinal);

        var run = await RunAsync(document);

        Assert.Contains("redis          redis:6379, connected", run.Lines);
        Assert.Contains("peers          b-2 (120 tunnels), b-3 (1 tunnel)", run.Lines);
        Assert.Contains("certificate    https: CN=ws.example, ends 2031-02-03", run.Lines);
    }

    [Fact]
    public async Task Status_WithoutRedis_DoesNotNamePeersThatItCannotKnow()
    {
        var document = Documents.StatusOf("")
            .Replace("\"redis\": null", """
                "redis": {"address": "redis:6379", "connected": false, "since": "2030-01-01T00:00:00Z", "why": "Gone."}
                """, StringComparison.Ordinal)
            .Replace("\"peers\": []", "\"peers\": null", StringComparison.Ordinal);

        var run = await RunAsync(document);

        Assert.Contains("redis          redis:6379, cannot be used since 2030-01-01 00:00:00Z", run.Lines);
        Assert.Contains("peers          unknown, because Redis cannot be used", run.Lines);
    }

    [Fact]
    public async Task Status_OfARingOfKeys_ShowsThem()
    {
        var nodes = """
            [{"id": "ws-1", "address": "http://10.0.0.1:5001/", "weight": 1, "state": "active", "health": "healthy",
              "tunnels": 1, "misplaced": 0, "share": 1, "ringKey": "chat-1:5001"},
             {"id": "ws-2", "address": "http://10.0.0.2:5001/", "weight": 1, "state": "leaving", "health": "healthy",
              "tunnels": 2, "misplaced": 2, "share": 0, "ringKey": null}]
            """;

        var run = await RunAsync(Documents.StatusOf(Documents.StatusCluster("chat", Ring, nodes)));

        Assert.Contains("  ring keys    ws-1 chat-1:5001", run.Lines);
        Assert.Contains("  draining     ws-2 leaves, 2 tunnels", run.Lines);
    }

    [Fact]
    public async Task Status_OfAClusterWithoutNodes_HasNoRing()
    {
        var run = await RunAsync(Documents.StatusOf(Documents.StatusCluster("chat", "null", "[]", available: 0)));

        Assert.Equal(
            ["cluster        chat", "  ring         none", "  nodes        none", "  tunnels      0, 0 misplaced"],
            run.Lines.Skip(3));
    }

    // A record that belongs to no cluster is reported for each cluster, and printed once.
    [Fact]
    public async Task Status_ListsRecordsThatAreSetAside()
    {
        const string Problem = """
            {"source": "sharedState", "record": "Field 'x' of 'wsbalancer:state' in Redis", "mistake": "it is none",
             "since": "2030-01-01T00:00:00Z"}
            """;
        var clusters = string.Join(',', ((string[])["chat", "games"]).Select(id =>
            Documents.StatusCluster(id, "null", "[]", problems: Problem)));

        var run = await RunAsync(Documents.StatusOf(clusters));

        Assert.Equal(
            ["problem        Field 'x' of 'wsbalancer:state' in Redis is set aside: it is none"],
            run.Lines.Where(line => line.StartsWith("problem", StringComparison.Ordinal)));
    }

    // The document includes fields that this program does not know.
    [Fact]
    public async Task Status_WithJson_PrintsTheAnswerAndNothingElse()
    {
        var document = Documents.StatusOf(Chat, "\"why\"", rest: ", \"later\": 1");

        var run = await RunAsync(document, "--json");

        Assert.Equal($"{document}\n", run.Output);
        Assert.Equal(ExitCode.Failed, run.ExitCode);
    }

    [Fact]
    public async Task Status_OfOneCluster_IsRequestedOfTheBalancer()
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.With(Documents.Status, Documents.StatusOf(Chat));

        await CommandRun.OfAsync("status", "--cluster", "chat & games", "--admin", stub.Address);

        Assert.Equal(["/api/v1/status?cluster=chat%20%26%20games"], stub.Targets);
    }

    private static async Task<CommandRun> RunAsync(string document, params string[] options)
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.With(Documents.Status, document);
        return await CommandRun.OfAsync(["status", .. options, "--admin", stub.Address]);
    }
}
