using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Telemetry;

public sealed class TunnelAccountTests : IDisposable
{
    private readonly BalancerRegistry _registry = new(TimeProvider.System);
    private readonly TunnelRegistry _tunnels;

    public TunnelAccountTests() => _tunnels = new TunnelRegistry(new TunnelMetrics(_registry));

    [Fact]
    public async Task Opened_IsActiveAndClosedInEveryScrape_WhileTunnelsOpenAndEnd()
    {
        Scrape[] scrapes;
        await using (TunnelTraffic.Begin(_tunnels))
        {
            // Two scrapes run at a time: one must not change the other while it is written.
            var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => ScrapeAsync(times: 30))));
            scrapes = [.. both.SelectMany(some => some)];
        }

        Assert.All(scrapes, scrape => scrape.AssertAgrees());
        Assert.Contains(scrapes, scrape => scrape.SumOf("wsbalancer_tunnels_active") > 0);
        var last = await Scrape.OfAsync(_registry);
        Assert.Equal(0, last.SumOf("wsbalancer_tunnels_active"));
        var opened = _tunnels.Ledgers.Values.Sum(ledger => ledger.Read().Opened);
        Assert.Equal(opened, last.SumOf("wsbalancer_tunnels_opened"));
        Assert.Equal(0, _tunnels.Count);
    }

    [Fact]
    public async Task Opened_IsActiveAndClosedInEveryScrape_WhileAccountsAreGivenUpAndTakenAgain()
    {
        using var stop = new CancellationTokenSource();
        var giving = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    ForgetAll();
                }
            },
            TestContext.Current.CancellationToken);
        List<Scrape> scrapes;
        await using (TunnelTraffic.Begin(_tunnels, openAtOnce: 4))
        {
            scrapes = await ScrapeAsync(times: 60);
        }

        await stop.CancelAsync();
        await giving;
        ForgetAll();

        Assert.All(scrapes, scrape => scrape.AssertAgrees());
        var last = await Scrape.OfAsync(_registry);
        Assert.DoesNotContain(last.Series, series => series.Contains("node-"));
        Assert.Empty(_tunnels.Ledgers);
    }

    [Fact]
    public async Task ForgottenNode_TakesItsSeriesWithIt()
    {
        var (removed, stays) = (new NodeKey("chat", "gone"), new NodeKey("chat", "stays"));
        using var first = Open(removed, "alice");
        using var second = Open(stays, "bob");
        Assert.False(_tunnels.ReleaseLedger(removed));
        first.End(TunnelEnd.NodeLost);
        var reasons = await Scrape.OfAsync(_registry);
        Assert.Equal(
            1, reasons["wsbalancer_tunnels_closed_total{cluster=\"chat\",node=\"gone\",reason=\"node_lost\"}"]);
        Assert.Equal(1, reasons.SumOf("wsbalancer_tunnels_closed_total{"));

        Assert.True(_tunnels.ReleaseLedger(removed));

        var after = await Scrape.OfAsync(_registry);
        Assert.DoesNotContain(after.Series, series => series.Contains("gone"));
        Assert.Equal(1, after["wsbalancer_tunnels_active{cluster=\"chat\",node=\"stays\"}"]);
    }

    [Fact]
    public async Task ForgottenNode_ThatIsBack_CountsFromNothing()
    {
        var node = new NodeKey("chat", "ws-1");
        using var first = Open(node, "alice");
        first.End();
        await Scrape.OfAsync(_registry);
        _tunnels.ReleaseLedger(node);
        await Scrape.OfAsync(_registry);

        using var second = Open(node, "alice");

        var scrape = await Scrape.OfAsync(_registry);
        Assert.Equal(1, scrape["wsbalancer_tunnels_opened_total{cluster=\"chat\",node=\"ws-1\"}"]);
        scrape.AssertAgrees();
    }

    [Fact]
    public async Task EveryPath_IsCountedSeparately()
    {
        using var first = Open(new NodeKey("chat", "ws-1"), "alice");
        using var second = Open(new NodeKey("game", "ws-1"), "bob");
        var two = await Scrape.OfAsync(_registry);

        first.End();

        var one = await Scrape.OfAsync(_registry);
        Assert.Equal((2, 0), OnPaths(two));
        Assert.Equal((1, 0), OnPaths(one));
    }

    [Fact]
    public void Registry_FindsTunnelsByIdByNodeAndByUser()
    {
        var node = new NodeKey("chat", "ws-1");
        using var first = Open(node, "alice");
        using var second = Open(new NodeKey("chat", "ws-2"), "alice");
        using var other = Open(node, null);
        Assert.Same(first.Tunnel, _tunnels.Find(first.Tunnel.Identity.Id));
        Assert.Equal([first.Tunnel, second.Tunnel], _tunnels.Of("chat", "alice"));
        Assert.Equal(2, _tunnels.On(node).Count());
        Assert.Empty(_tunnels.Of("other", "alice"));

        first.End();

        Assert.Null(_tunnels.Find(first.Tunnel.Identity.Id));
        Assert.Equal([second.Tunnel], _tunnels.Of("chat", "alice"));
        Assert.Equal([other.Tunnel], _tunnels.On(node));
        Assert.Equal(2, _tunnels.Count);
    }

    public void Dispose() => _registry.Dispose();

    private void ForgetAll() => _tunnels.Ledgers.Keys.ToList().ForEach(node => _tunnels.ReleaseLedger(node));

    private async Task<List<Scrape>> ScrapeAsync(int times)
    {
        var scrapes = new List<Scrape>();
        for (; times > 0; times--)
        {
            scrapes.Add(await Scrape.OfAsync(_registry));
        }

        return scrapes;
    }

    private static (double? Portable, double? Native) OnPaths(Scrape scrape) => (
        scrape["wsbalancer_tunnels_active_by_path{path=\"portable\"}"],
        scrape["wsbalancer_tunnels_active_by_path{path=\"native\"}"]);

    private TestTunnel Open(NodeKey node, string? user) =>
        new(_tunnels, node, _tunnels.LedgerOf(node), user, TimeProvider.System);
}
