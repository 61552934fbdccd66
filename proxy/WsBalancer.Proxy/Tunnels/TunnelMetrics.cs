using System.Collections.Concurrent;
using Prometheus;
using WsBalancer.Proxy.Framing;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Tunnels;

/// <summary>
/// Publishes the accounts of the nodes: a scrape reads each ledger once. Counts the ends of tunnels by cluster.
/// </summary>
internal sealed class TunnelMetrics
{
    private const int Minute = 60;
    private const int Hour = 60 * Minute;

    private readonly BalancerRegistry _registry;
    private readonly Gauge _active;
    private readonly Gauge _activeByPath;
    private readonly NodeCounter _opened;
    private readonly NodeCounter _closed;
    private readonly NodeCounter _bytes;
    private readonly NodeCounter _frames;
    private readonly ClusterHistogram _lifetime;
    private readonly Counter _closes;
    private readonly ConcurrentDictionary<(string Cluster, string By, string Code), Counter.Child> _closesBy = new();

    public TunnelMetrics(BalancerRegistry registry)
    {
        _registry = registry;
        _active = registry.CreateDerivedGauge(
            "wsbalancer_tunnels_active", "Tunnels that are open.", "cluster", "node");
        _activeByPath = registry.CreateGauge(
            "wsbalancer_tunnels_active_by_path", "Tunnels that are open, by the path of their bytes.", "path");
        _opened = registry.CreateNodeCounter("wsbalancer_tunnels_opened_total", "Tunnels that were opened.");
        _closed = registry.CreateNodeCounter(
            "wsbalancer_tunnels_closed_total", "Tunnels that have ended, by reason.", "reason");
        _bytes = registry.CreateNodeCounter(
            "wsbalancer_tunnel_bytes_total", "Bytes forwarded through tunnels, by sender.", "direction");
        _frames = registry.CreateNodeCounter(
            "wsbalancer_tunnel_frames_total", "WebSocket frames forwarded through tunnels, by sender.", "direction");
        _lifetime = registry.CreateClusterHistogram(
            "wsbalancer_tunnel_lifetime_seconds",
            "How long tunnels were open that have ended.",
            1,
            10,
            60,
            5 * Minute,
            15 * Minute,
            Hour,
            4 * Hour,
            12 * Hour,
            24 * Hour,
            7 * 24 * Hour);
        _closes = registry.CreateCounter(
            "wsbalancer_tunnel_closes_total",
            "Tunnels that have ended, by the sender of the first Close frame and its status code.",
            "cluster",
            "by",
            "code");
    }

    /// <summary>A tunnel has ended.</summary>
    public void Add(Tunnel tunnel, TunnelEnd end)
    {
        var cluster = tunnel.Identity.Node.Cluster;
        var code = tunnel.EndCode;
        var by = end switch
        {
            TunnelEnd.Client => "client",
            TunnelEnd.Node => "node",
            _ => code is null ? "nobody" : "balancer",
        };
        _lifetime.Observe(cluster, tunnel.Age.TotalSeconds);
        _closesBy.GetOrAdd(
            (cluster, by, CloseCode.LabelOf(code)),
            static (key, closes) => closes.WithLabels(key.Cluster, key.By, key.Code),
            _closes).Inc();
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
            if (tunnels.TryKeepForPublish(node, ledger))
            {
                open.Add((node, ledger));
            }
            else
            {
                closed.Add((node.Cluster, node.Id));
            }
        }

        _registry.Withdraw(closed, open.Select(entry => (entry.Node.Cluster, entry.Node.Id)).ToHashSet());
        Withdraw(open.Select(static entry => entry.Node.Cluster).ToHashSet(StringComparer.Ordinal));
        foreach (var (node, ledger) in open)
        {
            Publish(node, ledger.Read());
            ledger.Counts.Publish(node.Cluster, node.Id);
        }
    }

    // The counts of a cluster are withdrawn with its last account, like its histograms.
    private void Withdraw(HashSet<string> clusters)
    {
        foreach (var key in _closesBy.Keys.Where(key => !clusters.Contains(key.Cluster)))
        {
            // In this order: otherwise an end between the two calls would store a series that is then removed.
            _closes.RemoveLabelled(key.Cluster, key.By, key.Code);
            _closesBy.TryRemove(key, out _);
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
