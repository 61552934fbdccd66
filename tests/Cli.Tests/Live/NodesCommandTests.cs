using System.Text.Json;

namespace WsBalancer.Cli.Tests.Live;

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
                "NODE  STATE     HEALTH     TUNNELS  MISPLACED   SHARE  WEIGHT  SOURCE      ADDRESS",
                "ws-1  active    healthy        120          0  25.00%       1  configured  http://10.0.0.1:5001/",
                "ws-2  draining  unhealthy       80         80  75.00%      3*  added       http://10.0.0.2:5001/",
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
                "NODE  STATE    HEALTH   TUNNELS  MISPLACED    SHARE  WEIGHT  SOURCE      ADDRESS                "
                    + "RING KEY",
                "ws-1  active   healthy        1          0  100.00%       1  configured  http://10.0.0.1:5001/  "
                    + "chat-1:5001",
                "ws-2  leaving  healthy        2          2    0.00%       1  configured  http://10.0.0.2:5001/",
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
    public async Task Nodes_OfSeveralClusters_AreListedTogetherUnlessOneIsChosen()
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.With(Documents.Clusters, Documents.ChatAndGames);

        var all = await stub.RunAsync("nodes");
        var json = await stub.RunAsync("nodes", "--json");
        var chosen = await stub.RunAsync("nodes", "--cluster", "games");

        Assert.Equal(
            [
                "CLUSTER  NODE  STATE     HEALTH     TUNNELS  MISPLACED    SHARE  WEIGHT  SOURCE      ADDRESS",
                "chat     ws-1  active    healthy        120          0   25.00%       1  configured  "
                    + "http://10.0.0.1:5001/",
                "chat     ws-2  draining  unhealthy       80         80   75.00%      3*  added       "
                    + "http://10.0.0.2:5001/",
                "games    g-1   active    healthy          0          0  100.00%       1  configured  "
                    + "http://10.0.0.9:5001/",
            ],
            all.Lines.Take(4));
        using var document = JsonDocument.Parse(json.Output);
        Assert.Equal(
            ["chat", "chat", "games"],
            document.RootElement.EnumerateArray().Select(node => node.GetProperty("cluster").GetString()));
        Assert.Equal(2, chosen.Lines.Count());
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
