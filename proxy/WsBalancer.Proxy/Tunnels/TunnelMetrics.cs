using Prometheus;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Tunnels;

/// <summary>Publishes the accounts of the nodes. Nothing is counted here: a scrape reads each ledger once.</summary>
internal sealed class TunnelMetrics
{
    private static readonly string[] NodeLabels = ["cluster", "node"];
    private static readonly string[] TrafficLabels = ["cluster", "node", "direction"];

    private readonly BalancerRegistry _registry;
    private readonly HashSet<NodeKey> _published = [];
    private readonly Gauge _active;
    private readonly Gauge _activeByPath;
    private readonly Counter _opened;
    private readonly Counter _closed;
    private readonly Counter _bytes;
    private readonly Counter _frames;

    public TunnelMetrics(BalancerRegistry registry)
    {
        _registry = registry;
        var metrics = registry.Instruments;
        _active = metrics.CreateGauge("wsbalancer_tunnels_active", "Tunnels that are open.", NodeLabels);
        _activeByPath = metrics.CreateGauge(
            "wsbalancer_tunnels_active_by_path", "Tunnels that are open, by the data path they take.", ["path"]);
        _opened = metrics.CreateCounter("wsbalancer_tunnels_opened_total", "Tunnels opened.", NodeLabels);
        _closed = metrics.CreateCounter(
            "wsbalancer_tunnels_closed_total", "Tunnels ended, by reason.", ["cluster", "node", "reason"]);
        _bytes = metrics.CreateCounter(
            "wsbalancer_tunnel_bytes_total", "Bytes passed through tunnels, by who sent them.", TrafficLabels);
        _frames = metrics.CreateCounter(
            "wsbalancer_tunnel_frames_total", "Frames passed through tunnels, by who sent them.", TrafficLabels);
    }

    public void Publish(TunnelRegistry tunnels) => _registry.BeforeScrape(() =>
    {
        Collect(tunnels.Ledgers);
        foreach (var path in Enum.GetValues<TunnelPath>())
        {
            _activeByPath.WithLabels(TunnelPathLabel.Of(path)).Set(tunnels.CountOn(path));
        }
    });

    private void Collect(IReadOnlyDictionary<NodeKey, TunnelLedger> ledgers)
    {
        foreach (var (node, ledger) in ledgers)
        {
            _published.Add(node);
            Publish(node, ledger.Read());
        }

        // A removed node's series go with its account, which goes with its last tunnel.
        foreach (var node in _published.Where(node => !ledgers.ContainsKey(node)).ToArray())
        {
            _published.Remove(node);
            Withdraw(node);
        }
    }

    private void Publish(NodeKey node, LedgerReading reading)
    {
        var (cluster, id) = node;
        _active.WithLabels(cluster, id).Set(reading.Active);
        _opened.WithLabels(cluster, id).IncTo(reading.Opened);
        for (var end = 0; end < reading.Closed.Length; end++)
        {
            _closed.WithLabels(cluster, id, TunnelEndLabel.All[end]).IncTo(reading.Closed[end]);
        }

        _bytes.WithLabels(cluster, id, "from_client").IncTo(reading.BytesFromClients);
        _bytes.WithLabels(cluster, id, "from_node").IncTo(reading.BytesFromNode);
        _frames.WithLabels(cluster, id, "from_client").IncTo(reading.FramesFromClients);
        _frames.WithLabels(cluster, id, "from_node").IncTo(reading.FramesFromNode);
    }

    private void Withdraw(NodeKey node)
    {
        var (cluster, id) = node;
        _active.RemoveLabelled(cluster, id);
        _opened.RemoveLabelled(cluster, id);
        foreach (var end in TunnelEndLabel.All)
        {
            _closed.RemoveLabelled(cluster, id, end);
        }

        foreach (var direction in (string[])["from_client", "from_node"])
        {
            _bytes.RemoveLabelled(cluster, id, direction);
            _frames.RemoveLabelled(cluster, id, direction);
        }
    }
}
