using System.Net;
using WsBalancer.Proxy.Placement;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tests.Admin;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Telemetry;

/// <summary>The series of a node when the node is removed, and when it returns.</summary>
public sealed class NodeSeriesTests : IAsyncDisposable
{
    private const string Nodes = "clusters/chat/nodes";
    private const string Opened = "wsbalancer_tunnels_opened_total{cluster=\"chat\",node=\"ws-9\"}";

    private readonly TestNode _node = new("ws-1");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task RandomChanges_LeaveEveryScrapeRight(int seed)
    {
        await using var app = BalancerApp.Build(ChatSettings.OfNodes("stays"));
        await app.StartAsync();
        using var fleet = new RandomFleet(app, seed);

        for (var step = 0; step < 600; step++)
        {
            await fleet.StepAsync();
        }

        fleet.CloseAll();
        await fleet.ScrapeAsync();
        Assert.True(fleet.Returns > 5, "Hardly any node was back between two scrapes.");
    }

    [Fact]
    public async Task Node_ThatIsBackBeforeTheNextScrape_CountsOn()
    {
        await using var app = await StartAsync();
        await AddAsync(app);
        OpenAndEnd(app, times: 3);
        Assert.Equal(3, (await ScrapeAsync(app))[Opened]);

        await RemoveAsync(app);
        await AddAsync(app);
        OpenAndEnd(app, times: 1);

        var scrape = await ScrapeAsync(app);
        Assert.Equal(4, scrape[Opened]);
        scrape.AssertAgrees();
    }

    [Fact]
    public async Task Node_ThatIsBackAfterItsSeriesLeft_CountsFromZero()
    {
        await using var app = await StartAsync();
        await AddAsync(app);
        OpenAndEnd(app, times: 3);
        await ScrapeAsync(app);
        await RemoveAsync(app);
        Assert.DoesNotContain((await ScrapeAsync(app)).Series, series => series.Contains("ws-9"));

        await AddAsync(app);
        OpenAndEnd(app, times: 1);

        Assert.Equal(1, (await ScrapeAsync(app))[Opened]);
    }

    [Fact]
    public async Task ShortLivedNodes_TakeAllOfTheirSeriesWithThem()
    {
        await using var app = await StartAsync();
        for (var i = 0; i < 50; i++)
        {
            await AddAsync(app, $"short-{i}");
            using var tunnel = await app.HandshakeAsync($"/?user={app.UserOf($"short-{i}")}");
            using var page = await app.SendAsync(HttpMethod.Get, $"/page?user={app.UserOf($"short-{i}")}");
            Assert.Equal(HttpStatusCode.SwitchingProtocols, tunnel.StatusCode);
            if (i % 10 == 0)
            {
                await app.CallAsync("POST", $"{Nodes}/short-{i}/drain", """{"ratePerSecond":1}""");
                await ScrapeAsync(app);
            }

            await RemoveAsync(app, $"short-{i}");
            Assert.Contains((await ScrapeAsync(app)).Series, series => series.Contains($"node=\"short-{i}\""));
        }

        await Deadline.Until("every tunnel has ended", () => app.Tunnels.Count == 0);

        using var answer = await app.SendAsync("/metrics");
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain(text.Split('\n'), line => line.Contains("short-"));
        Assert.Contains("wsbalancer_node_healthy{cluster=\"chat\",node=\"ws-1\"} 1", text);
    }

    [Fact]
    public async Task Observation_AfterTheNodeLeft_BringsNoSeriesBack()
    {
        await using var app = await StartAsync();
        await AddAsync(app);
        var (left, metrics) = (app.Node("ws-9"), app.Get<PlacementMetrics>());
        metrics.RequestAnswered(left, 200);
        await ScrapeAsync(app);
        await RemoveAsync(app);
        await ScrapeAsync(app);

        metrics.RequestAnswered(left, 200);
        metrics.HandshakeRefused(left);
        metrics.HandshakeFailed(left, AttemptOutcome.Silent);

        Assert.DoesNotContain((await ScrapeAsync(app)).Series, series => series.Contains("ws-9"));
    }

    [Fact]
    public async Task Tunnel_ThatOpensAfterItsNodeLeft_IsCountedUntilItEnds()
    {
        await using var app = await StartAsync();
        await AddAsync(app);
        var left = app.Node("ws-9");
        await ScrapeAsync(app);
        await RemoveAsync(app);
        await ScrapeAsync(app);

        using var tunnel = new TestTunnel(app.Tunnels, left, "alice", app.Time);
        var open = await ScrapeAsync(app);
        tunnel.End();
        var after = await ScrapeAsync(app);

        Assert.Equal(1, open["wsbalancer_tunnels_active{cluster=\"chat\",node=\"ws-9\"}"]);
        open.AssertAgrees();
        Assert.DoesNotContain(after.Series, series => series.Contains("ws-9"));
    }

    [Fact]
    public async Task Tunnel_OfAHandshakeFromBeforeTheRemoval_CountsAtTheNodeThatIsBack()
    {
        await using var app = await StartAsync();
        await AddAsync(app);
        var before = app.Node("ws-9");
        await RemoveAsync(app);
        await AddAsync(app);

        using var tunnel = new TestTunnel(app.Tunnels, before, "alice", app.Time);

        Assert.Equal(1, app.Node("ws-9").Ledger.Active);
        Assert.Equal(1, (await ScrapeAsync(app))[Opened]);
    }

    [Fact]
    public async Task NodesThatAreNotScraped_LeaveNoAccounts()
    {
        await using var app = await StartAsync();
        await AddAsync(app);
        var left = app.Node("ws-9");
        await RemoveAsync(app);

        using var late = new TestTunnel(app.Tunnels, left, "alice", app.Time);
        late.End();

        Assert.Equal([new NodeKey("chat", "ws-1")], app.Tunnels.Ledgers.Keys);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private static Task<Scrape> ScrapeAsync(BalancerApp app) => Scrape.OfAsync(app.Get<BalancerRegistry>());

    private static async Task RemoveAsync(BalancerApp app, string id = "ws-9") =>
        Assert.Equal(200, (await app.CallAsync("DELETE", $"{Nodes}/{id}")).Status);

    private static void OpenAndEnd(BalancerApp app, int times)
    {
        for (; times > 0; times--)
        {
            using var tunnel = new TestTunnel(app.Tunnels, app.Node("ws-9"), "alice", app.Time);
            tunnel.Tunnel.OnForwarded(TunnelSide.Client, bytes: 10, frames: 1);
            tunnel.End();
        }
    }

    private Task<BalancerApp> StartAsync() => BalancerApp.StartAsync(ChatSettings.Of(("ws-1", _node.Address)));

    private async Task AddAsync(BalancerApp app, string id = "ws-9")
    {
        var body = $$"""{"id":"{{id}}","address":"{{_node.Address}}"}""";
        Assert.Equal(200, (await app.CallAsync("POST", Nodes, body)).Status);
    }
}
