using System.Net;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tests.Telemetry;
using Yarp.ReverseProxy;

namespace WsBalancer.Proxy.Tests.Fleet;

public sealed class FleetRegistryTests : IAsyncDisposable
{
    private readonly Dictionary<string, string?> _settings = ChatSettings.OfNodes("ws-1", "ws-2", "ws-3");
    private readonly BalancerApp _app;

    public FleetRegistryTests() => _app = BalancerApp.Build(_settings);

    [Fact]
    public void Clusters_AreThoseUnderOurSection()
    {
        _app.Apply(WithOther("plain"));

        Assert.Equal(["chat"], _app.Fleet.Clusters.Select(cluster => cluster.Id));
        Assert.Null(_app.Fleet.Find("plain"));
        Assert.NotNull(_app.Fleet.Find("CHAT"));
    }

    // YARP and the balancer both subscribe to the configuration; which of them is notified first alternates per reload.
    [Fact]
    public void Cluster_ThatAReloadAdds_IsPreparedAsOneOfTheFirst()
    {
        var settings = _settings;
        foreach (var id in (string[])["second", "third", "fourth"])
        {
            settings = WithOther(id, settings).With($"WsBalancer:Clusters:{id}:UserKey", "query:user");
            _app.Apply(settings);

            Assert.Equal(1, _app.Fleet.Find(id)?.Current.Nodes.Length);
            Assert.True(_app.Get<IProxyStateLookup>().TryGetCluster(id, out var cluster));
            Assert.Equal(HttpVersion.Version11, cluster.Model.Config.HttpRequest?.Version);
        }
    }

    [Fact]
    public void Cluster_ThatIsNoLongerOurs_IsLeftToYarp()
    {
        _app.Apply(WithOther("other").With("WsBalancer:Clusters:other:UserKey", "query:user"));
        Assert.NotNull(_app.Fleet.Find("other"));

        _app.Apply(WithOther("other"));

        Assert.Null(_app.Fleet.Find("other"));
    }

    [Fact]
    public void Reload_ThatNamesNoNodeOfACluster_ChangesNothing()
    {
        var ring = _app.Chat.Current.Ring;

        _app.Apply(_settings.WithoutNode("ws-1").WithoutNode("ws-2").WithoutNode("ws-3"));

        Assert.Same(ring, _app.Chat.Current.Ring);
        Assert.Contains(
            _app.Logs.GetSnapshot(),
            line => line.Level is LogLevel.Error && (line.Exception?.ToString() ?? "").Contains(
                "would be left without a node: it has 3 nodes and 0 tunnels now", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Cluster_Removed_TakesItsSeriesWithIt()
    {
        _app.Apply(WithOther("other").With("WsBalancer:Clusters:other:UserKey", "query:user"));
        var registry = _app.Get<BalancerRegistry>();
        var tunnel = new TestTunnel(_app.Tunnels, _app.Fleet.Find("other")!.Find("ws-9")!, "alice", _app.Time);
        _app.Apply(_settings);
        Assert.Equal(
            1, (await Scrape.OfAsync(registry))["wsbalancer_tunnels_active{cluster=\"other\",node=\"ws-9\"}"]);

        tunnel.End();
        await Scrape.OfAsync(registry);

        var left = (await Scrape.OfAsync(registry)).Series.Where(series => series.Contains("cluster=\"other\""));
        Assert.Empty(left);
    }

    [Fact]
    public async Task Node_Removed_KeepsItsSeriesUntilItsLastTunnelEnds()
    {
        var registry = _app.Get<BalancerRegistry>();
        var tunnel = new TestTunnel(_app.Tunnels, _app.Node("ws-3"), "alice", _app.Time);
        _app.Apply(_settings.WithoutNode("ws-3"));
        var leaving = await Scrape.OfAsync(registry);
        Assert.Equal(1, leaving["wsbalancer_tunnels_active{cluster=\"chat\",node=\"ws-3\"}"]);
        Assert.Equal(1, leaving["wsbalancer_node_state{cluster=\"chat\",node=\"ws-3\",state=\"leaving\"}"]);
        Assert.Equal(1, leaving["wsbalancer_tunnels_misplaced{cluster=\"chat\",node=\"ws-3\"}"]);
        Assert.Equal(0, leaving["wsbalancer_node_share{cluster=\"chat\",node=\"ws-3\"}"]);

        tunnel.End();
        await Scrape.OfAsync(registry);

        Assert.DoesNotContain((await Scrape.OfAsync(registry)).Series, series => series.Contains("\"ws-3\""));
    }

    [Fact]
    public void Cluster_ThatIsBack_HasItsTunnelsBack()
    {
        var both = WithOther("other").With("WsBalancer:Clusters:other:UserKey", "query:user");
        _app.Apply(both);
        using var tunnel = new TestTunnel(_app.Tunnels, _app.Fleet.Find("other")!.Find("ws-9")!, "alice", _app.Time);

        _app.Apply(_settings);
        _app.Apply(both);

        Assert.Equal(1, _app.Fleet.Find("other")!.Find("ws-9")!.Ledger.Active);
        Assert.Empty(_app.Fleet.Find("other")!.Current.Leaving);
        tunnel.End();
        Assert.Equal(0, _app.Fleet.Find("other")!.Find("ws-9")!.Ledger.Active);
    }

    [Fact]
    public async Task AddedNode_MovesItsShareAndNothingElse()
    {
        _app.Apply(_settings.WithNode("ws-4", "http://ws-4.invalid/"));

        var scrape = await Scrape.OfAsync(_app.Get<BalancerRegistry>());
        var share = scrape["wsbalancer_node_share{cluster=\"chat\",node=\"ws-4\"}"];
        Assert.InRange(share!.Value, 0.24, 0.26);
        Assert.Equal(share, scrape["wsbalancer_ring_moved_ratio{cluster=\"chat\"}"]);
        Assert.Equal(0, scrape["wsbalancer_ring_excess_ratio{cluster=\"chat\"}"]);
        Assert.Equal(2, scrape["wsbalancer_ring_epoch{cluster=\"chat\"}"]);
        var line = Assert.Single(_app.Logs.GetSnapshot(), record => record.Id.Id == 200).Message;
        Assert.Contains("epoch 2: 4 nodes; moved", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Change_ReportsWhatItMoved()
    {
        var before = _app.Chat.Current;
        _app.Apply(_settings.WithoutNode("ws-3"));

        var change = RingChangeRecord.Of(before, _app.Chat.Current);
        Assert.Equal(new RingChangeRecord(2, before.ShareOf(before.Nodes[2].Id), 0), change);
    }

    [Fact]
    public void Change_OfTheSeed_MovesUpToEverything()
    {
        var before = _app.Chat.Current;
        _app.Apply(_settings.With(ChatSettings.Ours + "Ring:Seed", "salt"));

        Assert.Equal(new RingChangeRecord(2, 1, 0, IsKnown: false), RingChangeRecord.Of(before, _app.Chat.Current));
    }

    [Fact]
    public async Task Change_FromNothing_DiffersFromAChangeToNothing()
    {
        var before = _app.Chat.Current;
        await _app.RemoveNodesAsync();

        Assert.Equal(new RingChangeRecord(2, 1, 0), RingChangeRecord.Of(before, _app.Chat.Current));
        Assert.Null(RingChangeRecord.Of(_app.Chat.Current, before));
    }

    [Fact]
    public void NodeChanged_IsRaisedOncePerChange()
    {
        var changes = new List<string>();
        _app.Fleet.NodeChanged += (cluster, node) =>
            changes.Add($"{cluster.Id} {node.Id} {node.Health} {node.Status.AnnouncesDrain}");
        var node = _app.Node("ws-1");
        for (var i = 0; i < 2; i++)
        {
            _app.Fleet.SetHealth(_app.Chat, node, NodeHealth.Unhealthy, "test");
            _app.Fleet.SetAnnouncedDrain(_app.Chat, node, true);
        }

        Assert.Equal(["chat ws-1 Unhealthy False", "chat ws-1 Unhealthy True"], changes);
        Assert.Equal([201, 202], _app.Logs.GetSnapshot().Select(record => record.Id.Id).Where(id => id is 201 or 202));
    }

    [Fact]
    public async Task Gauges_FollowTheNodes()
    {
        using var away = new TestTunnel(_app.Tunnels, _app.Node("ws-1"), _app.UserOf("ws-2"), _app.Time);
        _app.Fleet.SetHealth(_app.Chat, _app.Node("ws-2"), NodeHealth.Unhealthy, "test");
        _app.Fleet.SetAnnouncedDrain(_app.Chat, _app.Node("ws-1"), true);
        _app.Apply(_settings.WithoutNode("ws-3"));

        var scrape = await Scrape.OfAsync(_app.Get<BalancerRegistry>());

        Assert.Equal(0, scrape["wsbalancer_node_healthy{cluster=\"chat\",node=\"ws-2\"}"]);
        Assert.Equal(1, scrape["wsbalancer_node_healthy{cluster=\"chat\",node=\"ws-1\"}"]);
        Assert.Equal(1, scrape["wsbalancer_node_state{cluster=\"chat\",node=\"ws-1\",state=\"draining\"}"]);
        Assert.Equal(0, scrape["wsbalancer_node_state{cluster=\"chat\",node=\"ws-1\",state=\"active\"}"]);
        Assert.Equal(1, scrape["wsbalancer_tunnels_misplaced{cluster=\"chat\",node=\"ws-1\"}"]);
        Assert.Null(scrape["wsbalancer_node_share{cluster=\"chat\",node=\"ws-3\"}"]);
        var fingerprint = Fingerprint.Text(_app.Chat.Current.Ring!);
        var ring = $"{{cluster=\"chat\",algorithm=\"rendezvous\",fingerprint=\"{fingerprint}\"}}";
        Assert.Equal(1, scrape["wsbalancer_ring_info" + ring]);
        Assert.Single(scrape.Series, series => series.StartsWith("wsbalancer_ring_info", StringComparison.Ordinal));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Dictionary<string, string?> WithOther(string id, Dictionary<string, string?>? settings = null) =>
        (settings ?? _settings)
            .With($"ReverseProxy:Routes:{id}:ClusterId", id)
            .With($"ReverseProxy:Routes:{id}:Match:Path", $"/{id}/{{**any}}")
            .With($"ReverseProxy:Clusters:{id}:Destinations:ws-9:Address", "http://ws-9.invalid/");
}
