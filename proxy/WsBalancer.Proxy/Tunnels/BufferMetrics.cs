using Microsoft.Extensions.Hosting;
using Prometheus;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Sockets.Loops;

namespace WsBalancer.Proxy.Tunnels;

/// <summary>Publishes how many bytes all tunnels buffer for slow peers, computed at each scrape.</summary>
internal sealed class BufferMetrics : IHostedService
{
    private readonly BalancerRegistry _registry;
    private readonly TunnelRegistry _tunnels;
    private readonly ChunkStore? _store;
    private readonly Gauge _bytes;
    private readonly Gauge _paused;

    // The store is null if there are no event loops.
    public BufferMetrics(
        BalancerRegistry registry, TunnelRegistry tunnels, SocketsOptions options, ChunkStore? store)
    {
        (_registry, _tunnels, _store) = (registry, tunnels, store);
        _bytes = registry.CreateGauge(
            "wsbalancer_buffered_bytes", "Bytes that all tunnels together buffer for peers that read slowly.");
        _paused = registry.CreateGauge(
            "wsbalancer_peers_paused",
            "Peers of tunnels that the balancer does not read, because the other peer of the tunnel reads slowly.",
            "peer");
        registry.CreateGauge(
            "wsbalancer_buffered_limit_bytes",
            "Bytes that all tunnels together may buffer: Sockets:MaxBuffered, or half of the memory if that is less.")
            .Set(options.BufferBound);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _registry.BeforeScrape(Collect);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Collect()
    {
        var (bytes, clients, nodes) = (_store?.Used ?? 0, 0, 0);
        foreach (var flow in _tunnels.All.Select(static tunnel => tunnel.Flow))
        {
            bytes += flow.Path == TunnelPath.Portable ? flow.Client.Buffered + flow.Node.Buffered : 0;
            clients += flow.Node.PausesOther ? 1 : 0;
            nodes += flow.Client.PausesOther ? 1 : 0;
        }

        _bytes.Set(bytes);
        _paused.WithLabels("client").Set(clients);
        _paused.WithLabels("node").Set(nodes);
    }
}
