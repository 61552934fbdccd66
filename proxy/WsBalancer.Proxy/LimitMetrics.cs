using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Prometheus;
using WsBalancer.Proxy.Admin;
using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Sockets.Linux;

namespace WsBalancer.Proxy;

/// <summary>Publishes the limits in force, so that an alert can compare with them. A limit that is off has no series.
/// </summary>
internal sealed class LimitMetrics : IHostedService
{
    private readonly BalancerRegistry _registry;
    private readonly FleetRegistry _fleet;
    private readonly AdminOptions _admin;
    private readonly KestrelServerLimits _server;
    private readonly (Gauge Gauge, Func<LimitOptions, int?> Of)[] _ofClusters;
    private readonly Gauge _adminConnections;
    private readonly Gauge _connections;
    private readonly Gauge _upgraded;

    public LimitMetrics(
        BalancerRegistry registry, FleetRegistry fleet, AdminOptions admin, IOptions<KestrelServerOptions> server)
    {
        (_registry, _fleet, _admin, _server) = (registry, fleet, admin, server.Value.Limits);
        _ofClusters =
        [
            (OfClusters("tunnels_limit", "Tunnels that the cluster may have here: Limits:MaxTunnels."),
                static limits => limits.MaxTunnels),
            (OfClusters("node_tunnels_limit", "Tunnels that a node may have here: Limits:MaxTunnelsPerNode."),
                static limits => limits.MaxTunnelsPerNode),
            (OfClusters("user_tunnels_limit", "Tunnels that a user may have here: Limits:MaxTunnelsPerUser."),
                static limits => limits.MaxTunnelsPerUser),
            (OfClusters(
                "node_handshakes_per_second_limit",
                "Handshakes that a node may get in a second: Limits:HandshakesPerSecondPerNode."),
                static limits => limits.HandshakesPerSecondPerNode),
        ];
        _adminConnections = registry.CreateDerivedGauge(
            "wsbalancer_admin_connections_limit",
            "Connections that the admin host may have: Admin:MaxConnections, or 1/16 of the descriptors if less.");
        _connections = registry.CreateDerivedGauge(
            "wsbalancer_server_connections_limit",
            "Connections that the server may have: Kestrel:Limits:MaxConcurrentConnections.");
        _upgraded = registry.CreateDerivedGauge(
            "wsbalancer_server_upgraded_connections_limit",
            "Upgraded connections that the server may have: Kestrel:Limits:MaxConcurrentUpgradedConnections.");
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _registry.BeforeScrape(Collect);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private Gauge OfClusters(string name, string help) =>
        _registry.CreateDerivedGauge($"wsbalancer_{name}", help, "cluster");

    private void Collect()
    {
        foreach (var cluster in _fleet.Clusters)
        {
            var limits = cluster.Current.Settings.Get<LimitOptions>();
            foreach (var (gauge, of) in _ofClusters)
            {
                if (of(limits) is { } limit)
                {
                    gauge.WithLabels(cluster.Id).Set(limit);
                }
            }
        }

        Set(_adminConnections, _admin.Url is null ? null : _admin.MostOf(DescriptorLimit.Current));
        Set(_connections, _server.MaxConcurrentConnections);
        Set(_upgraded, _server.MaxConcurrentUpgradedConnections);
    }

    private static void Set(Gauge gauge, long? limit)
    {
        if (limit is { } value)
        {
            gauge.Set(value);
        }
    }
}
