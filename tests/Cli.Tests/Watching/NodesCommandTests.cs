namespace WsBalancer.Cli.Tests.Watching;

public sealed class NodesCommandTests
{
    [Fact]
    public async Task Nodes_InAPipe_AreAlignedText()
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.With(Documents.Clusters, Documents.Chat);

        var run = await CommandRun.OfAsync("nodes", "--admin", stub.Address);

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal(
            [
                "NODE  ADDRESS                SOURCE      WEIGHT   SHARE  STATE     HEALTH     TUNNELS  MISPLACED",
                "ws-1  http://10.0.0.1:5001/  configured       1  25.00%  active    healthy        120          0",
                "ws-2  http://10.0.0.2:5001/  added           3*  75.00%  draining  unhealthy       80         80",
                "* changed at run time, 'wsbalancer weight': not the weight of the configuration",
            ],
            run.Lines);
    }

    [Fact]
    public async Task Nodes_OfARingOfKeys_HaveAColumnForThem()
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.With(Documents.Clusters, Documents.Nginx);

        var run = await CommandRun.OfAsync("nodes", "--admin", stub.Address);

        Assert.Equal(
            [
                "NODE  ADDRESS                SOURCE      WEIGHT    SHARE  STATE    HEALTH   TUNNELS  MISPLACED"
                    + "  RING KEY",
                "ws-1  http://10.0.0.1:5001/  configured       1  100.00%  active   healthy        1          0"
                    + "  chat-1:5001",
                "ws-2  http://10.0.0.2:5001/  configured       1    0.00%  leaving  healthy        2          2",
            ],
            run.Lines);
    }

    [Fact]
    public async Task Nodes_WithJson_PrintTheBalancersOwnArray()
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.With(Documents.Clusters, Documents.Chat);

        var run = await CommandRun.OfAsync("nodes", "--json", "--admin", stub.Address);

        Assert.Equal($"{Documents.ChatNodes}\n", run.Output);
    }

    [Fact]
    public async Task Nodes_OfSeveralClusters_NeedAChoice()
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.With(Documents.Clusters, Documents.ChatAndGames);

        var open = await CommandRun.OfAsync("nodes", "--admin", stub.Address);
        var chosen = await CommandRun.OfAsync("nodes", "--cluster", "chat", "--admin", stub.Address);

        Assert.Equal(ExitCode.Usage, open.ExitCode);
        Assert.Equal(
            "wsbalancer: There are several clusters; choose one with --cluster: chat, games.\n", open.Error);
        Assert.Equal(4, chosen.Lines.Count());
    }

    [Fact]
    public async Task Nodes_OfABalancerWithoutClusters_Exit1()
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.With(Documents.Clusters, "[]");

        var run = await CommandRun.OfAsync("nodes", "--admin", stub.Address);

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Contains("WsBalancer:Clusters names none", run.Error, StringComparison.Ordinal);
    }
}
