using System.Text.Json.Nodes;

namespace WsBalancer.Cli.Tests.Live;

public sealed class TopCommandTests
{
    private const string Metrics = "/metrics";

    [Fact]
    public async Task Top_ShowsTheRatesBetweenTwoScrapes_TheBusiestNodeFirst()
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On(Metrics, Scrape(opened: 10, frames: 100, bytes: 1_000), Scrape(opened: 12, frames: 400, bytes: 5_096));

        var run = await stub.RunAsync("top", "--over", "2s");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal(
            [
                "NODE    CLUSTER  TUNNELS  OPENED  CLOSED  FRAMES  FROM CLIENTS  FROM NODE",
                "ws-2    chat           7     1/s     0/s   150/s      2.0 kB/s      0 B/s",
                "a\"b\\\\c  chat           3     0/s     0/s     0/s         0 B/s      0 B/s",
            ],
            run.Lines);
    }

    [Fact]
    public async Task Top_AfterARestart_HasNoNegativeRate()
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On(Metrics, Scrape(opened: 10, frames: 100, bytes: 1_000), Scrape(opened: 1, frames: 0, bytes: 0));

        var run = await stub.RunAsync("top", "--json");

        var nodes = JsonNode.Parse(run.Output)!.AsArray();
        Assert.All(nodes, node => Assert.Equal(0, node!["framesPerSecond"]!.GetValue<double>()));
        Assert.Equal("ws-2", (string?)nodes[1]!["node"]);
    }

    [Fact]
    public async Task Top_WithWatch_MeasuresAgainEachSecond()
    {
        Assert.Equal([10, 20, 0], await WatchAsync(scrapes: 5, "--sort", "tunnels"));
    }

    [Fact]
    public async Task Top_OfAnUnknownCluster_IsRefused()
    {
        await using var stub = await StubBalancer.WithChatAsync();

        var run = await stub.RunAsync("top", "--cluster", "games");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Contains("There is no cluster 'games'", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Top_WithWatchAndOver_MeasuresForThatTimeEach()
    {
        Assert.Equal([1, 2], await WatchAsync(scrapes: 4, "--over", "10s", "--sort", "frames"));
    }

    // The frames a second of each measurement, until the given scrape.
    private static async Task<List<double>> WatchAsync(int scrapes, params string[] options)
    {
        await using var stub = await StubBalancer.WithChatAsync();
        stub.On(
            Metrics,
            Scrape(opened: 0, frames: 0, bytes: 0),
            Scrape(opened: 0, frames: 10, bytes: 0),
            Scrape(opened: 0, frames: 30, bytes: 0));
        using var interrupt = new CancellationTokenSource();
        stub.OnRequest = _ =>
        {
            if (stub.Targets.Count(target => target == Metrics) == scrapes)
            {
                interrupt.Cancel();
            }
        };

        var run = await CommandRun.OfAsync(
            new AutoAdvancingClock(),
            interrupt.Token,
            ["top", "--watch", "--json", "--admin", stub.Address, .. options]);

        Assert.Equal(ExitCode.Done, run.ExitCode);
        return [.. run.Lines.Select(line => JsonNode.Parse(line)![0]!["framesPerSecond"]!.GetValue<double>())];
    }

    private static StubAnswer Scrape(int opened, int frames, int bytes) => new(200, "text/plain", $$"""
        # HELP wsbalancer_tunnels_active Tunnels that are open.
        # TYPE wsbalancer_tunnels_active gauge
        wsbalancer_tunnels_active{cluster="chat",node="a\"b\\c"} 3
        wsbalancer_tunnels_active{cluster="chat",node="ws-2"} 7
        wsbalancer_tunnels_opened_total{cluster="chat",node="ws-2"} {{opened}}
        wsbalancer_tunnels_closed_total{cluster="chat",node="ws-2",reason="client"} 3
        wsbalancer_tunnel_frames_total{cluster="chat",node="ws-2",direction="from_client"} {{frames}}
        wsbalancer_tunnel_frames_total{cluster="chat",node="a\"b\\c",direction="from_client"} 1e+09
        wsbalancer_tunnel_bytes_total{cluster="chat",node="ws-2",direction="from_client"} {{bytes}}
        process_start_time_seconds 1.7e+09

        """);
}
