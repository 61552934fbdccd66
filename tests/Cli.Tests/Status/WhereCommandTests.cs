namespace WsBalancer.Cli.Tests.Status;

public sealed class WhereCommandTests
{
    private const string AtHome = """
        {"id": "t-1", "node": "ws-1", "openedAt": "2026-01-02T03:04:05Z", "misplaced": false}
        """;

    private const string Away = """
        {"id": "t-2", "node": "ws-2", "openedAt": "2026-01-02T03:04:06Z", "misplaced": true}
        """;

    [Fact]
    public async Task Where_ShowsTheUsersNodesAndTunnels()
    {
        var run = await WhereAsync(Documents.Owner(tunnels: $"{AtHome}, {Away}"));

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal(
            [
                "user     alice",
                "owner    ws-1",
                "home     ws-1",
                "now      ws-1",
                "order    ws-1, ws-2",
                "ring     rendezvous",
                "tunnels  2 open, 1 misplaced (its node is not the user's home)",
                "why      ws-1 is the owner and available",
                "TUNNEL  NODE  OPENED                MISPLACED",
                "t-1     ws-1  2026-01-02 03:04:05Z  no",
                "t-2     ws-2  2026-01-02 03:04:06Z  yes",
            ],
            run.Lines);
    }

    [Fact]
    public async Task Where_WithARingOfKeys_ShowsTheKeyOfTheOwner()
    {
        var run = await WhereAsync(Documents.Owner(algorithm: "nginx", ringKey: "chat-1:5001"));

        Assert.Contains("ring     nginx, which knows ws-1 as chat-1:5001", run.Lines);
    }

    [Fact]
    public async Task Where_OfAFleetThatDrains_ShowsNoHome()
    {
        var run = await WhereAsync(Documents.Owner(home: null, node: null, reason: "every node is draining"));

        Assert.Equal(
            ["owner    ws-1", "home     none", "now      none", "why      every node is draining"],
            run.Lines.Where(line => line.Split(' ')[0] is "owner" or "home" or "now" or "why"));
    }

    [Theory]
    [InlineData("", "tunnels  none is open at this balancer")]
    [InlineData(AtHome, "tunnels  1 open, at home")]
    public async Task Where_CountsTheTunnels(string tunnels, string expected)
    {
        var run = await WhereAsync(Documents.Owner(tunnels: tunnels));

        Assert.Contains(expected, run.Lines);
    }

    [Fact]
    public async Task Where_WithJson_PrintsTheAnswerAndNothingElse()
    {
        var document = Documents.Owner(tunnels: Away);

        var run = await WhereAsync(document, "--json");

        Assert.Equal($"{document}\n", run.Output);
    }

    [Fact]
    public async Task Where_WithACluster_RequestsNoOther()
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.With(Documents.ChatOwner, Documents.Owner());

        var run = await CommandRun.OfAsync("where", "--cluster", "chat", "--admin", stub.Address, "--", "--bob");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal("/api/v1/clusters/chat/owner?user=--bob", Assert.Single(stub.Targets));
    }

    private static async Task<CommandRun> WhereAsync(string document, params string[] options)
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.With(Documents.Clusters, Documents.Chat).With(Documents.ChatOwner, document);
        return await CommandRun.OfAsync(["where", "alice", "--admin", stub.Address, .. options]);
    }
}
