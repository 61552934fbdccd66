using System.Globalization;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Fleet;

/// <summary>Reports changes of the fleet: in the log, as events, and in the metrics.</summary>
internal sealed class FleetEvents(FleetMetrics metrics, BalancerEvents events, ILogger<FleetRegistry> logger)
{
    public void HealthChanged(FleetCluster cluster, Node node, string why)
    {
        var current = node.Health;
        var health = NodeLabel.Of(current);
        var level = current == NodeHealth.Unhealthy ? LogLevel.Warning : LogLevel.Information;
        FleetLog.HealthChanged(logger, level, node.Id, cluster.Id, health, why);
        events.Publish(EventKind.Health, cluster.Id, node.Id, $"{node.Id} is {health}: {why}");
    }

    public void DrainAnnounced(FleetCluster cluster, Node node, bool draining)
    {
        var what = draining ? "drains" : "no longer drains";
        FleetLog.DrainAnnounced(logger, node.Id, cluster.Id, what);
        events.Publish(EventKind.Drain, cluster.Id, node.Id, $"{node.Id} reports that it {what}");
    }

    public void RegistrationRefused(FleetCluster cluster, string node, string mistake)
    {
        FleetLog.RegistrationRefused(logger, node, cluster.Id, mistake);
        events.Publish(EventKind.Node, cluster.Id, node, $"{node} registered and cannot be added: {mistake}");
    }

    /// <summary>
    /// Reports that a cluster no longer has an available node, or has one again. The first call only records the state.
    /// </summary>
    public void AvailabilityChanged(FleetCluster cluster)
    {
        if (cluster.NoteAvailability() is not { } isAvailable)
        {
            return;
        }

        var snapshot = cluster.Current;
        if (isAvailable)
        {
            var available = snapshot.AvailableNodes.Count();
            FleetLog.AvailableAgain(logger, cluster.Id, available, snapshot.Nodes.Length);
            var message = string.Create(
                CultureInfo.InvariantCulture, $"{available} of {snapshot.Nodes.Length} nodes are available again");
            events.Publish(EventKind.Health, cluster.Id, null, message);
            return;
        }

        var nodes = Describe(snapshot);
        FleetLog.NoneAvailable(logger, cluster.Id, nodes);
        events.Publish(EventKind.Health, cluster.Id, null, $"no node is available: {nodes}");
    }

    /// <summary>Reports that the last tunnel of a leaving node has ended at this balancer.</summary>
    public void Left(FleetCluster cluster, Node node) =>
        Publish(cluster, node, $"{node.Id} has left: none of its tunnels is open here");

    public void ClusterRemoved(FleetCluster cluster) => metrics.ClusterRemoved(cluster);

    /// <summary>
    /// Reports that the ring no longer places a cluster that YARP still has; null is a cluster that the ring did not
    /// place before, which is not reported.
    /// </summary>
    public void Unpinning(FleetCluster? cluster)
    {
        if (cluster is not null)
        {
            FleetLog.ClusterUnpinned(logger, cluster.Id);
        }
    }

    public void Reconfigured(FleetCluster cluster, Reconfiguration change)
    {
        FleetLog.Configured(logger, cluster.Id, cluster.Current.Nodes.Length, cluster.Current.Ring?.Spec ?? "no ring");
        foreach (var node in change.Joined)
        {
            Publish(cluster, node, $"{node.Id} joined with weight {node.Weight} ({NodeLabel.Of(node.Source)})");
        }

        foreach (var node in change.Left)
        {
            Publish(cluster, node, $"{node.Id} leaves; {node.Ledger.Active} tunnels are open there");
        }

        foreach (var (node, before) in change.Reweighed)
        {
            Publish(cluster, node, $"{node.Id} has weight {node.Weight} instead of {before}");
        }

        foreach (var node in change.Removed)
        {
            Left(cluster, node);
        }

        if (change.Ring is { } moved)
        {
            metrics.RingChanged(cluster, moved);
            RingChanged(cluster, moved);
        }
    }

    private static string Describe(FleetSnapshot snapshot) => snapshot.Nodes.Length == 0
        ? "it has none"
        : string.Join(", ", snapshot.Nodes.Select(node => $"{node.Id} {WhyUnavailable(node)}"));

    private static string WhyUnavailable(NodeStatus node) => node switch
    {
        { Weight: 0 } => "has weight 0",
        { IsDraining: true } => "is draining",
        { IsFull: true } => "is full",
        _ => $"is {NodeLabel.Of(node.Health)}",
    };

    private void Publish(FleetCluster cluster, Node node, string what)
    {
        // At the start every node joins, which needs no report.
        if (cluster.Current.Epoch > 1)
        {
            FleetLog.NodeChanged(logger, cluster.Id, what);
            events.Publish(EventKind.Node, cluster.Id, node.Id, what);
        }
    }

    private void RingChanged(FleetCluster cluster, RingChangeRecord change)
    {
        var nodes = cluster.Current.Nodes.Length;
        if (!change.IsKnown)
        {
            FleetLog.RingReplaced(logger, cluster.Id, change.Epoch, nodes, cluster.Current.Ring!.Spec);
            events.Publish(
                EventKind.Ring,
                cluster.Id,
                null,
                $"the ring is another one ({cluster.Current.Ring.Spec}): up to all users moved",
                ("epoch", change.Epoch));
            return;
        }

        FleetLog.RingChanged(
            logger, cluster.Id, change.Epoch, nodes, change.Moved, change.Minimum, change.Excess);
        events.Publish(
            EventKind.Ring,
            cluster.Id,
            null,
            string.Create(
                CultureInfo.InvariantCulture,
                $"the ring changed: moved {change.Moved:P2}, minimum {change.Minimum:P2}, excess {change.Excess:P2}"),
            ("epoch", change.Epoch),
            ("moved", change.Moved),
            ("minimum", change.Minimum),
            ("excess", change.Excess));
    }
}
