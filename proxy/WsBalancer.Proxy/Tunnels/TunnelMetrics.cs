using Prometheus;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Tunnels;

/// <summary>Publishes the accounts of the nodes. Nothing is counted here: a scrape reads each ledger once.</summary>
internal sealed class TunnelMetrics
{
    private readonly BalancerRegistry _registry;
    private readonly Gauge _active;
    private readonly Gauge _activeByPath;
    private readonly NodeCounter _opened;
    private readonly NodeCounter _closed;
    private readonly NodeCounter _bytes;
    private readonly NodeCounter _frames;

    public TunnelMetrics(BalancerRegistry registry)
    {
        _registry = registry;
        _active = registry.CreateDerivedGauge(
            "wsbalancer_tunnels_active", "Tunnels that are open.", "cluster", "node");
        _activeByPath = registry.CreateGauge(
            "wsbalancer_tunnels_active_by_path", "Tunnels that are open, by the data path they take.", "path");
        _opened = registry.CreateNodeCounter("wsbalancer_tunnels_opened_total", "Tunnels opened.");
        _closed = registry.CreateNodeCounter("wsbalancer_tunnels_closed_total", "Tunnels ended, by reason.", "reason");
        _bytes = registry.CreateNodeCounter(
            "wsbalancer_tunnel_bytes_total", "Bytes passed through tunnels, by who sent them.", "direction");
        _frames = registry.CreateNodeCounter(
            "wsbalancer_tunnel_frames_total", "Frames passed through tunnels, by who sent them.", "direction");
    }

    public void Publish(TunnelRegistry tunnels) => _registry.BeforeScrape(() =>
    {
        Collect(tunnels);
        foreach (var path in Enum.GetValues<TunnelPath>())
        {
            _activeByPath.WithLabels(TunnelPathLabel.Of(path)).Set(tunnels.CountOn(path));
        }
    });

    private void Collect(TunnelRegistry tunnels)
    {
        var closed = new HashSet<(string Cluster, string Node)>();
        var open = new List<(NodeKey Node, TunnelLedger Ledger)>();
        foreach (var (node, ledger) in tunnels.Ledgers)
        {
            if (tunnels.MayPublish(node, ledger))
            {
                open.Add((node, ledger));
            }
            else
            {
                closed.Add((node.Cluster, node.Node));
            }
        }

        _registry.Withdraw(closed);
        foreach (var (node, ledger) in open)
        {
            Publish(node, ledger.Read());
            ledger.Counts.Publish(node.Cluster, node.Node);
        }
    }

    private void Publish(NodeKey node, LedgerReading reading)
    {
        var (cluster, id) = node;
        _active.WithLabels(cluster, id).Set(reading.Active);
        _opened.Publish(cluster, id, reading.Opened);
        for (var end = 0; end < reading.Closed.Length; end++)
        {
            _closed.Publish(cluster, id, TunnelEndLabel.All[end], reading.Closed[end]);
        }

        _bytes.Publish(cluster, id, "from_client", reading.BytesFromClients);
        _bytes.Publish(cluster, id, "from_node", reading.BytesFromNode);
        _frames.Publish(cluster, id, "from_client", reading.FramesFromClients);
        _frames.Publish(cluster, id, "from_node", reading.FramesFromNode);
    }
}
