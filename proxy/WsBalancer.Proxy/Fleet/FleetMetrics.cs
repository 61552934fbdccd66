using Prometheus;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// Publishes the metrics of the fleet. All are read at each scrape, except those about the last change of a ring.
/// </summary>
internal sealed class FleetMetrics
{
    private readonly BalancerRegistry _registry;
    private readonly TunnelRegistry _tunnels;
    private readonly Gauge _state;
    private readonly Gauge _healthy;
    private readonly Gauge _share;
    private readonly Gauge _misplaced;
    private readonly Gauge _epoch;
    private readonly Gauge _ring;
    private readonly Gauge _moved;
    private readonly Gauge _excess;

    public FleetMetrics(BalancerRegistry registry, TunnelRegistry tunnels)
    {
        _registry = registry;
        _tunnels = tunnels;
        _state = registry.CreateDerivedGauge(
            "wsbalancer_node_state",
            "1 for the current state of the node, 0 for the other states.",
            "cluster",
            "node",
            "state");
        _healthy = registry.CreateDerivedGauge(
            "wsbalancer_node_healthy",
            "1 if the node is healthy or its health is not known yet, 0 if it is unhealthy.",
            "cluster",
            "node");
        _share = registry.CreateDerivedGauge(
            "wsbalancer_node_share",
            "Share of the users that the ring assigns to the node, from 0 to 1.",
            "cluster",
            "node");
        _misplaced = registry.CreateDerivedGauge(
            "wsbalancer_tunnels_misplaced",
            "Open tunnels to the node whose users have another home.",
            "cluster",
            "node");
        _epoch = registry.CreateDerivedGauge(
            "wsbalancer_ring_epoch", "Number of the ring; it grows with every change of the ring.", "cluster");
        _ring = registry.CreateDerivedGauge(
            "wsbalancer_ring_info",
            "1, with the algorithm and the fingerprint of the ring; balancers with one fingerprint agree.",
            "cluster",
            "algorithm",
            "fingerprint");
        _moved = registry.CreateGauge(
            "wsbalancer_ring_moved_ratio",
            "Share of the users that the last change of the ring moved, from 0 to 1; 1 if it is not known.",
            "cluster");
        _excess = registry.CreateGauge(
            "wsbalancer_ring_excess_ratio",
            "Share of the users that the last change of the ring moved between nodes that it did not touch.",
            "cluster");
    }

    public void Publish(FleetRegistry fleet)
    {
        _registry.SweepBeforeScrape(fleet.Sweep);
        _registry.BeforeScrape(() => Collect(fleet));
    }

    public void RingChanged(FleetCluster cluster, RingChangeRecord change)
    {
        _moved.WithLabels(cluster.Id).Set(change.Moved);
        _excess.WithLabels(cluster.Id).Set(change.Excess);
    }

    public void ClusterRemoved(FleetCluster cluster)
    {
        _moved.RemoveLabelled(cluster.Id);
        _excess.RemoveLabelled(cluster.Id);
    }

    private void Collect(FleetRegistry fleet)
    {
        foreach (var cluster in fleet.Clusters)
        {
            Collect(cluster);
        }
    }

    private void Collect(FleetCluster cluster)
    {
        var snapshot = cluster.Current;
        _epoch.WithLabels(cluster.Id).Set(snapshot.Epoch);
        if (snapshot.Ring is { } ring)
        {
            _ring.WithLabels(cluster.Id, ring.Algorithm, Fingerprint.Text(ring)).Set(1);
        }

        foreach (var node in snapshot.All)
        {
            var isIn = NodeLabel.Of(node.StateWith(node.Ledger.Active));
            foreach (var state in NodeLabel.States)
            {
                _state.WithLabels(cluster.Id, node.Id, state).Set(state == isIn ? 1 : 0);
            }

            _healthy.WithLabels(cluster.Id, node.Id).Set(node.Health == NodeHealth.Unhealthy ? 0 : 1);
            _share.WithLabels(cluster.Id, node.Id).Set(snapshot.ShareOf(node.Id));
            _misplaced.WithLabels(cluster.Id, node.Id).Set(Misplaced.Count(_tunnels, snapshot, node.Node));
        }
    }
}
