using Microsoft.Extensions.Time.Testing;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Tests.Telemetry;

/// <summary>The measurements of the meter, compared with the scrape of Prometheus.</summary>
public sealed class MeterTests : IAsyncDisposable
{
    private readonly TestNode _node = new("ws-1");

    [Fact]
    public async Task Meter_HasEachFamilyOfTheRegistry_WithItsUnitAndHelp()
    {
        await using var app = await StartAsync();
        using var listener = new MeterLog(app.Get<BalancerRegistry>());
        using var text = new MemoryStream();
        await app.Get<BalancerRegistry>().Registry.CollectAndExportAsTextAsync(
            text, TestContext.Current.CancellationToken);
        var families = System.Text.Encoding.UTF8.GetString(text.ToArray()).Split('\n')
            .Where(line => line.StartsWith("# HELP wsbalancer_", StringComparison.Ordinal))
            .Select(line => line.Split(' ', 4)[2..])
            .Select(help => $"{help[0].Replace("_total", "", StringComparison.Ordinal)}: {help[1]}")
            .ToArray();

        Assert.True(families.Length > 30);
        Assert.Empty(families.Except(
            listener.Instruments.Select(instrument => $"{instrument.Name}: {instrument.Description}")));
        Assert.All(listener.Instruments, instrument => Assert.Equal(
            instrument.Name switch
            {
                var name when name.EndsWith("_seconds", StringComparison.Ordinal) => "s",
                var name when name.EndsWith("_bytes", StringComparison.Ordinal) => "By",
                _ => null,
            },
            instrument.Unit));
    }

    [Fact]
    public async Task Collection_HasTheValuesOfAScrape_AtOneMoment()
    {
        await using var app = await StartAsync();
        using var listener = new MeterLog(app.Get<BalancerRegistry>());
        using var tunnel = await app.HandshakeAsync("/?user=alice");
        await app.TheTunnelAsync();
        using var rejected = await app.HandshakeAsync("/");

        listener.Collect();
        var scrape = await Scrape.OfAsync(app.Get<BalancerRegistry>());

        const string Node = "{cluster=\"chat\",node=\"ws-1\"}";
        Assert.Equal(1, listener["wsbalancer_tunnels_active" + Node]);
        Assert.Equal(1, listener["wsbalancer_tunnels_opened" + Node]);
        Assert.Equal(1, listener["wsbalancer_rejected{cluster=\"chat\",reason=\"no_user\"}"]);
        var names = listener.Observed.Select(series => series.Split('{')[0]).ToHashSet();
        var compared = scrape.Series
            .Select(series => (series, Name: series.Replace("_total", "", StringComparison.Ordinal)))
            .Where(series => names.Contains(series.Name.Split('{')[0])
                && !series.Name.StartsWith("process_", StringComparison.Ordinal))
            .ToArray();
        Assert.True(compared.Length > 40);
        Assert.All(compared, series => Assert.Equal(scrape[series.series], listener[series.Name]));
    }

    [Fact]
    public async Task Collection_AfterAnother_HasNewValues_AndNoneOfARemovedNode()
    {
        await using var app = await StartAsync();
        using var listener = new MeterLog(app.Get<BalancerRegistry>());
        listener.Collect();
        using var tunnel = new TestTunnel(app.Tunnels, app.Node("ws-1"), "alice", app.Time);
        listener.Collect();
        Assert.Equal(1, listener["wsbalancer_tunnels_active{cluster=\"chat\",node=\"ws-1\"}"]);
        tunnel.End();
        await app.RemoveNodesAsync();
        await Deadline.Until("the removal", () => !app.Chat.Current.All.Any());

        listener.Collect();

        Assert.DoesNotContain(listener.Observed, series => series.Contains("ws-1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Histograms_AreRecorded_WithTheirLabels()
    {
        await using var app = BalancerApp.Build(ChatSettings.Of(("ws-1", _node.Address)));
        using var listener = new MeterLog(app.Get<BalancerRegistry>());
        await app.StartAsync();
        using var tunnel = await app.HandshakeAsync("/?user=alice");
        await app.TheTunnelAsync();
        string[] series =
        [
            "wsbalancer_probe_duration_seconds{cluster=\"chat\",node=\"ws-1\",result=\"succeeded\"}",
            "wsbalancer_handshake_duration_seconds{cluster=\"chat\"}",
            "wsbalancer_connect_duration_seconds{cluster=\"chat\",node=\"ws-1\"}",
        ];

        // A tunnel is listed a moment before its handshake is recorded.
        await Deadline.Until("each is recorded", () => series.All(one => listener[one] is not null));
    }

    [Fact]
    public async Task Registry_WithoutAListener_ReadsNothing()
    {
        await using var app = await StartAsync();
        var read = 0;
        app.Get<BalancerRegistry>().BeforeScrape(() => read++);

        using var tunnel = await app.HandshakeAsync("/?user=alice");
        await app.TheTunnelAsync();
        Assert.Equal(0, read);

        using var listener = new MeterLog(app.Get<BalancerRegistry>());
        Assert.Equal(0, read);
        listener.Collect();
        Assert.Equal(1, read);
        listener.Collect();
        Assert.Equal(2, read);
    }

    [Fact]
    public void Collection_ThatFails_FailsForEachInstrument_AndIsNotRepeatedInItsPass()
    {
        using var registry = new BalancerRegistry(new FakeTimeProvider());
        registry.CreateGauge("test_one", "A test.").Set(1);
        registry.CreateGauge("test_two", "A test.").Set(2);
        var collections = 0;
        registry.BeforeScrape(() => Assert.True(++collections > 1, "The first collection fails."));
        using var listener = new MeterLog(registry);

        var failures = Assert.Throws<AggregateException>(listener.Collect).InnerExceptions;

        Assert.Equal(2, failures.Count);
        Assert.Same(failures[0], failures[1]);
        Assert.Equal(1, collections);
        listener.Collect();
        Assert.Equal((2, 1, 2), (collections, listener["test_one"], listener["test_two"]));
    }

    [Fact]
    public void Collection_ForListenersOfDifferentInstruments_IsRepeatedAfterItsAge()
    {
        var time = new FakeTimeProvider();
        using var registry = new BalancerRegistry(time);
        var gauge = registry.CreateGauge("test_one", "A test.");
        registry.CreateGauge("test_two", "A test.");
        var collections = 0;
        registry.BeforeScrape(() => gauge.Set(++collections));
        using var one = new MeterLog(registry, "test_one");
        using var two = new MeterLog(registry, "test_two");

        two.Collect();
        one.Collect();
        Assert.Equal((1, 1), (collections, one["test_one"]));
        two.Collect();
        Assert.Equal(2, collections);

        time.Advance(TimeSpan.FromSeconds(2));
        one.Collect();
        Assert.Equal((3, 3), (collections, one["test_one"]));
    }

    [Fact]
    public void Observing_WithoutAListener_DoesNotAllocate()
    {
        using var registry = new BalancerRegistry(TimeProvider.System);
        var histogram = registry.CreateClusterHistogram("test_seconds", "A test.", 1, 10);
        var ofNodes = registry.CreateNodeHistogram("test_of_nodes_seconds", "A test.", "result", 1, 10);
        var counts = new NodeCounts();
        Observe();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            Observe();
        }

        // The runtime itself may allocate once, where it compiles a method again.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 999);

        void Observe()
        {
            histogram.Observe("chat", 0.5);
            counts.Observe(ofNodes, "chat", "ws-1", "succeeded", 0.5);
        }
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private Task<BalancerApp> StartAsync() => BalancerApp.StartAsync(ChatSettings.Of(("ws-1", _node.Address)));
}
