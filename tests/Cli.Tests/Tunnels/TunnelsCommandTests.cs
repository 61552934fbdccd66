namespace WsBalancer.Cli.Tests.Tunnels;

public sealed class TunnelsCommandTests
{
    private const string Tunnels = "/api/v1/clusters/chat/tunnels";

    private const string Two = """
        [{"id": "t-1", "user": "alice", "node": "ws-1", "openedAt": "2026-01-02T03:04:05Z", "ageSeconds": 100000,
          "misplaced": false, "idleClientSeconds": 61.5, "idleNodeSeconds": 200, "bytesFromClient": 1500000,
          "bytesFromNode": 999, "framesFromClient": 3, "framesFromNode": 4, "protocol": "HTTP/1.1", "path": "native",
          "client": "10.1.2.3", "requestPath": "/ws"},
         {"id": "t-2", "user": "bob", "node": "ws-2", "openedAt": "2026-01-02T03:04:05Z", "ageSeconds": 4.2,
          "misplaced": true, "idleClientSeconds": 4, "idleNodeSeconds": 0, "bytesFromClient": 0,
          "bytesFromNode": 1000, "framesFromClient": 0, "framesFromNode": 1, "protocol": "HTTP/2", "path": "portable"}]
        """;

    [Fact]
    public async Task Tunnels_AreATable()
    {
        await using var stub = await ChatAsync();

        var run = await stub.RunAsync("tunnels");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal(
            [
                "TUNNEL  USER   NODE  CLIENT      AGE   IDLE  FROM CLIENT  FROM NODE  REQUEST  PROTOCOL  PATH      "
                    + "MISPLACED",
                "t-1     alice  ws-1  10.1.2.3  1d 3h  1m 2s       1.5 MB      999 B  /ws      HTTP/1.1  native    no",
                "t-2     bob    ws-2  -            5s     0s          0 B     1.0 kB  -        HTTP/2    portable  yes",
            ],
            run.Lines);
        Assert.Empty(run.Error);
    }

    [Fact]
    public async Task ATunnelWithoutAUser_IsShownWithADash()
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On($"GET {Tunnels}", Two.Replace("\"alice\"", "null", StringComparison.Ordinal));

        var run = await stub.RunAsync("tunnels");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.StartsWith("t-1     -     ws-1", run.Lines.ElementAt(1), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "?limit=50")]
    [InlineData("--user a&b --limit 10000", "?user=a%26b&limit=10000")]
    [InlineData("--node ws-2 --older-than 1h", "?node=ws-2&olderThanSeconds=3600&limit=50")]
    [InlineData("--client 10.0.0.0/8 --sort bytes", "?client=10.0.0.0%2F8&sort=bytes&limit=50")]
    public async Task Tunnels_AreChosenByTheBalancer(string options, string query)
    {
        await using var stub = await ChatAsync();

        await stub.RunAsync(["tunnels", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.Equal($"{Tunnels}{query}", stub.Targets.Last());
    }

    [Fact]
    public async Task Tunnels_UpToTheLimit_MayBeMore()
    {
        await using var stub = await ChatAsync();

        var run = await stub.RunAsync("tunnels", "--limit", "2");

        Assert.Equal("wsbalancer: The list ends at --limit 2: there may be more.\n", run.Error);
    }

    [Fact]
    public async Task Tunnels_WithJson_PrintTheAnswerAndNothingElse()
    {
        await using var stub = await ChatAsync();

        var run = await stub.RunAsync("tunnels", "--json", "--limit", "2");

        Assert.Equal($"{Two}\n", run.Output);
        Assert.Empty(run.Error);
    }

    [Theory]
    [InlineData("null", "1 tunnel of alice closed at this balancer.", "")]
    [InlineData("true", "1 tunnel of alice closed at this balancer; the other balancers close theirs.", "")]
    [InlineData(
        "false",
        "1 tunnel of alice closed at this balancer.",
        "wsbalancer: Redis is away: the other balancers did not receive it; repeat the command at each of them.\n")]
    public async Task Disconnect_OfAUser_ReportsWhetherItReachedOthers(string shared, string line, string note)
    {
        await using var stub = await ChatAsync();
        stub.On($"DELETE {Tunnels}", $$"""{"closed": 1, "shared": {{shared}}}""");

        var run = await stub.RunAsync("disconnect", "--user", "alice", "--code", "1008");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal($"DELETE {Tunnels}?user=alice&closeCode=1008", Assert.Single(stub.Changes).ToString());
        Assert.Equal([line], run.Lines);
        Assert.Equal(note, run.Error);
    }

    [Theory]
    [InlineData("--node ws-2", "?node=ws-2", "to ws-2")]
    [InlineData("--older-than 1h", "?olderThanSeconds=3600", "older than 1h 0m")]
    [InlineData(
        "--user a --node ws-2 --older-than 1h",
        "?user=a&node=ws-2&olderThanSeconds=3600",
        "of a to ws-2 older than 1h 0m")]
    public async Task Disconnect_OfMany_ReportsTheSelectionThatWasClosed(string options, string query, string words)
    {
        await using var stub = await ChatAsync();
        stub.On($"DELETE {Tunnels}", """{"closed": 2, "shared": null}""");

        var run = await stub.RunAsync(["disconnect", .. options.Split(' ')]);

        Assert.Equal($"DELETE {Tunnels}{query}", Assert.Single(stub.Changes).ToString());
        Assert.Equal([$"2 tunnels {words} closed at this balancer."], run.Lines);
    }

    [Fact]
    public async Task Disconnect_OfATunnel_NeedsNoCluster()
    {
        const string Closed = """{"closed": 1, "shared": null}""";
        await using var stub = await StubBalancer.StartAsync();
        stub.On("DELETE /api/v1/tunnels/t-1", Closed);

        var run = await stub.RunAsync("disconnect", "--tunnel", "t-1");
        var json = await stub.RunAsync("disconnect", "--tunnel", "t-1", "--json");

        Assert.Equal(["1 tunnel 't-1' closed at this balancer."], run.Lines);
        Assert.Equal($"{Closed}\n", json.Output);
        Assert.All(stub.Requests, request => Assert.Equal("DELETE /api/v1/tunnels/t-1", request.ToString()));
    }

    [Theory]
    [InlineData("0", "false", ExitCode.Failed)]
    [InlineData("0", "true", ExitCode.Done)]
    [InlineData("1", "false", ExitCode.Done)]
    [InlineData("0", "null", ExitCode.Failed)]
    public async Task Disconnect_ThatClosedNoTunnel_Exits1(string closed, string shared, int code)
    {
        await using var stub = await ChatAsync();
        stub.On($"DELETE {Tunnels}", $$"""{"closed": {{closed}}, "shared": {{shared}}}""");

        Assert.Equal(code, (await stub.RunAsync("disconnect", "--user", "alice")).ExitCode);
    }

    [Fact]
    public async Task Disconnect_OfAnUnknownTunnel_Exits1()
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.On("/api/v1/tunnels/t-9", StubAnswer.Problem(404, "There is no tunnel 't-9'.", "Not Found"));

        var run = await stub.RunAsync("disconnect", "--tunnel", "t-9");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Equal("wsbalancer: There is no tunnel 't-9'.\n", run.Error);
    }

    [Theory]
    [InlineData("disconnect", "Expected either --tunnel ID, or --user USER")]
    [InlineData("disconnect --user a --tunnel t-1", "Expected either --tunnel ID, or --user USER")]
    [InlineData("disconnect --user a --code 1015", "--code takes a code that may be sent")]
    [InlineData("tunnels --limit 0", "--limit takes a whole number from 1 to 10000")]
    [InlineData("tunnels --older-than 5", "--older-than takes a duration such as")]
    public async Task AWrongCommandLine_Exits2(string line, string why)
    {
        var run = await CommandRun.OfAsync(line.Split(' '));

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(why, run.Error, StringComparison.Ordinal);
    }

    private static async Task<StubBalancer> ChatAsync() =>
        (await StubBalancer.WithChatAsync()).On($"GET {Tunnels}", Two);
}
