using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using WsBalancer.Proxy.Framing;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tests.Telemetry;

namespace WsBalancer.Proxy.Tests.Admin;

/// <summary>The names of the published metrics, on which dashboards and alarms depend.</summary>
public sealed class MetricsTests : IAsyncLifetime
{
    private const string Node = "cluster=\"chat\",node=\"ws-1\"";
    private const string Refusing = "cluster=\"chat\",node=\"ws-2\"";
    private const string Drain = "wsbalancer_drain_remaining{cluster=\"chat\",node=\"ws-2\"}";

    // Each name with the labels of one series that exists after a little traffic.
    private static readonly string[] Published =
    [
        $"wsbalancer_tunnels_active{{{Node}}}",
        "wsbalancer_tunnels_active_by_path{path=\"portable\"}",
        $"wsbalancer_tunnels_opened_total{{{Node}}}",
        $"wsbalancer_tunnels_closed_total{{{Node},reason=\"client\"}}",
        $"wsbalancer_tunnels_misplaced{{{Node}}}",
        $"wsbalancer_tunnel_bytes_total{{{Node},direction=\"from_client\"}}",
        $"wsbalancer_tunnel_frames_total{{{Node},direction=\"from_node\"}}",
        $"wsbalancer_handshakes_total{{{Node},outcome=\"accepted\"}}",
        "wsbalancer_handshake_duration_seconds_count{cluster=\"chat\"}",
        $"wsbalancer_requests_total{{{Node},code=\"200\"}}",
        "wsbalancer_retries_total{cluster=\"chat\"}",
        "wsbalancer_rejected_total{cluster=\"chat\",reason=\"no_user\"}",
        $"wsbalancer_node_state{{{Node},state=\"draining\"}}",
        $"wsbalancer_node_healthy{{{Node}}}",
        $"wsbalancer_node_share{{{Node}}}",
        "wsbalancer_ring_epoch{cluster=\"chat\"}",
        "wsbalancer_ring_info{cluster=\"chat\",algorithm=\"rendezvous\",fingerprint=\"",
        "wsbalancer_ring_moved_ratio{cluster=\"chat\"}",
        "wsbalancer_ring_excess_ratio{cluster=\"chat\"}",
        "wsbalancer_rejected_total{cluster=\"chat\",reason=\"unreachable\"}",
        "wsbalancer_spilled_total{cluster=\"chat\"}",
        "wsbalancer_state_unsaved",
        "wsbalancer_build_info{version=\"",
        $"wsbalancer_probe_duration_seconds_count{{{Node},result=\"succeeded\"}}",
        $"wsbalancer_probe_duration_seconds_count{{{Refusing},result=\"failed\"}}",
        $"wsbalancer_connect_duration_seconds_count{{{Node}}}",
        "wsbalancer_tunnel_lifetime_seconds_count{cluster=\"chat\"}",
        "wsbalancer_tunnel_closes_total{cluster=\"chat\",by=\"client\",code=\"1000\"}",
        "wsbalancer_tunnel_closes_total{cluster=\"chat\",by=\"nobody\",code=\"none\"}",
        "wsbalancer_tunnels_limit{cluster=\"chat\"}",
        "wsbalancer_node_tunnels_limit{cluster=\"chat\"}",
        "wsbalancer_user_tunnels_limit{cluster=\"chat\"}",
        "wsbalancer_node_handshakes_per_second_limit{cluster=\"chat\"}",
        "wsbalancer_buffered_limit_bytes",
        "wsbalancer_admin_connections_limit",
        "wsbalancer_server_connections_limit",
        "wsbalancer_server_upgraded_connections_limit",
        "wsbalancer_buffered_bytes",
        "wsbalancer_peers_paused{peer=\"client\"}",
        "wsbalancer_peers_paused{peer=\"node\"}",
        "process_open_fds",
        "process_max_fds",
        "process_resident_memory_bytes",
        Drain,
        "wsbalancer_rebalance_remaining{cluster=\"chat\"}",
    ];

    private static readonly Dictionary<string, double> Limits = new()
    {
        ["wsbalancer_tunnels_limit{cluster=\"chat\"}"] = 40,
        ["wsbalancer_node_tunnels_limit{cluster=\"chat\"}"] = 30,
        ["wsbalancer_user_tunnels_limit{cluster=\"chat\"}"] = 20,
        ["wsbalancer_node_handshakes_per_second_limit{cluster=\"chat\"}"] = 10,
        ["wsbalancer_server_connections_limit"] = 1_000,
        ["wsbalancer_server_upgraded_connections_limit"] = 900,
        ["wsbalancer_admin_connections_limit"] = 256,
    };

    private readonly TestNode _first = new("ws-1");
    private readonly TestNode _refusing = new("ws-2", refuses: true);
    private readonly TestNode _third = new("ws-3");
    private BalancerApp _app = null!;

    public async ValueTask InitializeAsync() => _app = await BalancerApp.StartAsync(
        ChatSettings.Of(("ws-1", _first.Address), ("ws-2", _refusing.Address), ("ws-3", _third.Address))
            .With("WsBalancer:Clusters:chat:Limits:MaxTunnels", "40")
            .With("WsBalancer:Clusters:chat:Limits:MaxTunnelsPerNode", "30")
            .With("WsBalancer:Clusters:chat:Limits:MaxTunnelsPerUser", "20")
            .With("WsBalancer:Clusters:chat:Limits:HandshakesPerSecondPerNode", "10"),
        services => services.Configure<KestrelServerOptions>(server =>
        {
            server.Limits.MaxConcurrentConnections = 1_000;
            server.Limits.MaxConcurrentUpgradedConnections = 900;
        }));

    [Fact]
    public async Task Scrape_HasEveryNameThatIsPublished()
    {
        using var tunnel = await _app.HandshakeAsync($"/?user={_app.UserOf("ws-1")}");
        using var retried = await _app.SendAsync(HttpMethod.Get, $"/page?user={_app.UserOf("ws-2", "ws-1")}");
        using var rejected = await _app.HandshakeAsync("/");
        Assert.Equal(
            [HttpStatusCode.SwitchingProtocols, HttpStatusCode.OK, HttpStatusCode.BadRequest],
            new[] { tunnel, retried, rejected }.Select(answer => answer.StatusCode));
        await _app.TheTunnelAsync();
        await _app.CallAsync("PATCH", "clusters/chat/nodes/ws-2", """{"weight":2}""");
        await _app.CallAsync(
            "POST", "clusters/chat/nodes/ws-2/drain", """{"ratePerSecond":0,"deadlineSeconds":null}""");
        using var drained = new TestTunnel(_app.Tunnels, _app.Node("ws-2"), null, _app.Time);
        using var misplaced = new TestTunnel(_app.Tunnels, _app.Node("ws-3"), _app.UserOf("ws-1"), _app.Time);
        using var closed = await _app.HandshakeAsync($"/?user={_app.UserOf("ws-1")}-");
        using var lost = await _app.HandshakeAsync($"/?user={_app.UserOf("ws-1")}+");
        await using var closing = await closed.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await closing.WriteAsync(
            CloseFrame.Create(1000, "", mask: 7), TestContext.Current.CancellationToken);
        lost.Dispose();
        await Deadline.Until("the end of both", () => _app.Tunnels.Count == 3);
        _app.Time.Advance(TimeSpan.FromMilliseconds(1));
        await _app.CallAsync("POST", "clusters/chat/rebalance");
        await _app.CallAsync("PATCH", "clusters/chat/rebalance", """{"paused":true}""");

        using var answer = await _app.SendAsync("/metrics");
        var scrape = Scrape.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        Assert.All(Published, name => Assert.Contains(
            scrape.Series, series => series.StartsWith(name, StringComparison.Ordinal)));
        Assert.Equal(1, scrape[Drain]);
        Assert.All(Limits, limit => Assert.Equal(limit.Value, scrape[limit.Key]));
        Assert.InRange(scrape["wsbalancer_ring_moved_ratio{cluster=\"chat\"}"]!.Value, 0.15, 0.19);
        Assert.Equal(0, scrape["wsbalancer_ring_excess_ratio{cluster=\"chat\"}"]);
    }

    [Fact]
    public async Task Scrape_WithoutRedisAndLimits_HasNoSeriesOfThem()
    {
        await using var app = BalancerApp.Build(ChatSettings.OfNodes("ws-1"));
        await app.StartAsync();

        var scrape = await Scrape.OfAsync(app.Get<BalancerRegistry>());

        Assert.DoesNotContain(scrape.Series, series =>
            series.StartsWith("wsbalancer_redis_up", StringComparison.Ordinal)
            || series.StartsWith("wsbalancer_peers ", StringComparison.Ordinal)
            || series.Contains("tunnels_limit", StringComparison.Ordinal)
            || series.StartsWith("wsbalancer_server_", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _first.DisposeAsync();
        await _refusing.DisposeAsync();
        await _third.DisposeAsync();
    }
}
