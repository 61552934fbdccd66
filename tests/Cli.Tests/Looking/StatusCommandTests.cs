namespace WsBalancer.Cli.Tests.Looking;

public sealed class StatusCommandTests
{
    [Fact]
    public async Task Status_SaysWhatTheBalancerAndItsClustersAre()
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.With(Documents.Clusters, Documents.Chat);

        var run = await CommandRun.OfAsync("status", "--admin", stub.Address);

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal(
            [
                $"balancer       {stub.Address}, ready",
                "cluster        chat",
                "  ring         rendezvous, spec rendezvous/1;b=18;seed=none, epoch 7",
                "  fingerprint  001122334455",
                "  nodes        2: 1 active, 1 draining; 1 healthy, 1 unhealthy",
                "  tunnels      200, 80 misplaced",
                "  draining     ws-2 80 tunnels",
                "  at run time  ws-2 added, ws-2 weighs 3",
            ],
            run.Lines);
    }

    [Fact]
    public async Task Status_OfARingOfKeys_ShowsThem()
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.With(Documents.Clusters, Documents.Nginx);

        var run = await CommandRun.OfAsync("status", "--admin", stub.Address);

        Assert.Contains("  ring         nginx, spec nginx/1, epoch 2", run.Lines);
        Assert.Contains("  ring keys    ws-1 chat-1:5001", run.Lines);
        Assert.Contains("  draining     ws-2 leaves, 2 tunnels", run.Lines);
    }

    [Fact]
    public async Task Status_OfAClusterWithoutNodes_HasNoRing()
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.With(Documents.Clusters, Documents.Empty);

        var run = await CommandRun.OfAsync("status", "--admin", stub.Address);

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal(
            ["cluster        chat", "  ring         none", "  nodes        none", "  tunnels      0, 0 misplaced"],
            run.Lines.Skip(1));
    }

    // What belongs to no cluster is in the answer for each, and one line.
    [Fact]
    public async Task Status_ListsRecordsThatAreSetAside()
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.With(Documents.Clusters, Documents.Problems);

        var text = await CommandRun.OfAsync("status", "--admin", stub.Address);
        var json = await CommandRun.OfAsync("status", "--json", "--admin", stub.Address);

        Assert.Equal(
            ["problem        Field 'x' of 'wsbalancer:state' in Redis is set aside: it is none"],
            text.Lines.Where(line => line.StartsWith("problem", StringComparison.Ordinal)));
        Assert.Equal($"{Documents.Problems}\n", json.Output);
    }

    [Fact]
    public async Task Status_OfABalancerThatIsNotReady_SaysSo()
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.With(Documents.Clusters, "[]").With("/readyz", "", status: 503);

        var run = await CommandRun.OfAsync("status", "--admin", stub.Address);

        Assert.Equal([$"balancer       {stub.Address}, not ready: starting or shutting down"], run.Lines);
    }

    [Fact]
    public async Task Status_WithJson_PrintsTheAnswerAndNothingElse()
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.With(Documents.Clusters, Documents.ChatAndGames);

        var run = await CommandRun.OfAsync("status", "--json", "--admin", stub.Address);

        Assert.Equal($"{Documents.ChatAndGames}\n", run.Output);
    }

    [Fact]
    public async Task Status_OfOneCluster_LeavesTheOthersOut()
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.With(Documents.Clusters, Documents.ChatAndGames);

        var text = await CommandRun.OfAsync("status", "--cluster", "games", "--admin", stub.Address);
        var json = await CommandRun.OfAsync("status", "--cluster", "chat", "--json", "--admin", stub.Address);

        Assert.Equal(["games"], text.Lines.Where(line => line.StartsWith("cluster", StringComparison.Ordinal))
            .Select(line => line.Split(' ')[^1]));
        Assert.Equal($"{Documents.Chat}\n", json.Output);
    }

    [Fact]
    public async Task Status_OfAnUnknownCluster_Exits1AndListsTheClusters()
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.With(Documents.Clusters, Documents.ChatAndGames);

        var run = await CommandRun.OfAsync("status", "--cluster", "chatt", "--json", "--admin", stub.Address);

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Equal("wsbalancer: There is no cluster 'chatt'. There are: chat, games.\n", run.Error);
        Assert.Empty(run.Output);
    }
}
