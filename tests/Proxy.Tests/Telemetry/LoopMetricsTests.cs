using Microsoft.AspNetCore.Hosting;
using WsBalancer.Proxy.Tests.Sockets.Loops;

namespace WsBalancer.Proxy.Tests.Telemetry;

/// <summary>The times of event loops, and the bytes that tunnels buffer.</summary>
public sealed class LoopMetricsTests : IAsyncDisposable
{
    private readonly TestNode _node = new("ws-1");

    [Theory]
    [InlineData("epoll")]
    [InlineData("io_uring")]
    public async Task Loops_HaveTheirTimesAndSockets(string engine)
    {
        await using var app = await StartAsync(engine);
        using var tunnel = await app.HandshakeAsync("/?user=alice");
        await app.TheTunnelAsync();

        var scrape = await ScrapeAsync(app);

        Assert.All(["0", "1"], loop =>
        {
            Assert.True(scrape[$"wsbalancer_loop_cpu_seconds_total{{loop=\"{loop}\"}}"] > 0);
            Assert.NotNull(scrape[$"wsbalancer_loop_runqueue_seconds_total{{loop=\"{loop}\"}}"]);
        });
        Assert.InRange(scrape.SumOf("wsbalancer_loop_sockets{"), 2, 10);
    }

    [Fact]
    public async Task Loops_AreNotThere_WithThePlatformsSockets()
    {
        await using var app = await StartAsync("sockets");

        Assert.DoesNotContain(
            (await ScrapeAsync(app)).Series,
            series => series.StartsWith("wsbalancer_loop_", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("sockets")]
    [InlineData("epoll")]
    [InlineData("io_uring")]
    public async Task Client_ThatDoesNotRead_PausesItsNode(string engine)
    {
        await using var app = await StartAsync(engine);
        _node.OnRequest = async request =>
        {
            await request.SendAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Accept: x\r\n\r\n");
            var frame = "\u0002\u007e\u007f\u007f" + new string('x', 0x7f7f);
            while (true)
            {
                await request.SendAsync(frame);
            }
        };

        using var tunnel = await app.HandshakeAsync("/?user=alice");

        // The kernel's buffers still grow after the first pause, so that a later scrape may find none.
        await Deadline.Until("a pause, with bytes that are buffered", async () =>
        {
            var scrape = await ScrapeAsync(app);
            Assert.Equal(0, scrape["wsbalancer_peers_paused{peer=\"client\"}"]);
            return scrape["wsbalancer_peers_paused{peer=\"node\"}"] == 1
                && scrape["wsbalancer_buffered_bytes"] >= 1
                && scrape["wsbalancer_buffered_bytes"] <= scrape["wsbalancer_buffered_limit_bytes"];
        });
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private static Task<Scrape> ScrapeAsync(BalancerApp app) =>
        Scrape.OfAsync(app.Get<Proxy.Telemetry.BalancerRegistry>());

    private async Task<BalancerApp> StartAsync(string engine)
    {
        if (engine == "io_uring")
        {
            Engines.SkipWithoutUring();
        }

        var settings = ChatSettings.Of(("ws-1", _node.Address))
            .With("WsBalancer:Sockets:Engine", engine)
            .With("WsBalancer:Sockets:Loops", "2");
        var app = BalancerApp.Build(settings, host: host => host.UseWsBalancerSockets());
        await app.StartAsync();
        return app;
    }
}
