using Prometheus;
using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Placement;

/// <summary>The metrics of the outcomes of handshakes and requests.</summary>
internal sealed class PlacementMetrics
{
    private readonly RecentFailures _recent;
    private readonly NodeCounter _handshakes;
    private readonly ClusterHistogram _handshakeDuration;
    private readonly NodeHistogram _connectDuration;
    private readonly NodeCounter _requests;
    private readonly Counter _retries;
    private readonly Counter _rejected;
    private readonly Counter _spilled;
    private readonly Counter _stripped;

    public PlacementMetrics(BalancerRegistry registry, RecentFailures recent, FleetRegistry fleet)
    {
        _recent = recent;
        _handshakes = registry.CreateNodeCounter(
            "wsbalancer_handshakes_total", "Attempts to have a node accept a handshake, by outcome.", "outcome");
        _handshakeDuration = registry.CreateClusterHistogram(
            "wsbalancer_handshake_duration_seconds",
            "Durations of handshakes that opened a tunnel, with all of their attempts.",
            Histogram.ExponentialBuckets(0.0005, 2, 16));
        _connectDuration = registry.CreateNodeHistogram(
            "wsbalancer_connect_duration_seconds",
            "Durations of connects to a node that succeeded, for handshakes and requests, the name lookup included.",
            null,
            0.0005,
            0.001,
            0.005,
            0.01,
            0.05,
            0.1,
            0.5,
            1,
            5);
        _requests = registry.CreateNodeCounter(
            "wsbalancer_requests_total",
            "Requests that are no WebSocket handshakes, by the status of their response.",
            "code");
        _retries = registry.CreateCounter(
            "wsbalancer_retries_total", "Attempts of handshakes and requests after their first attempt.", "cluster");
        _rejected = registry.CreateCounter(
            "wsbalancer_rejected_total",
            "Handshakes, requests and connections that the balancer refused itself, by reason.",
            "cluster",
            "reason");
        _spilled = registry.CreateCounter(
            "wsbalancer_spilled_total",
            "Handshakes sent to the second node of the user's order because the first was above Limits:BoundedLoad.",
            "cluster");
        _stripped = registry.CreateCounter(
            "wsbalancer_upgrades_stripped_total",
            "Requests served without the upgrade that they requested, as it was to another protocol than WebSocket.",
            "cluster");

        // The series exist before the first event: a rate over a series that begins with 1 does not count that event.
        registry.BeforeScrape(() => CreateSeries(fleet));
    }

    public void HandshakeAccepted(Node node, TimeSpan duration)
    {
        Handshake(node, "accepted");
        _handshakeDuration.Observe(node.Key.Cluster, duration.TotalSeconds);
    }

    /// <summary>The node answered with something else than a WebSocket.</summary>
    public void HandshakeRefused(Node node) => Handshake(node, "refused");

    /// <summary>The client disconnected before the node had answered.</summary>
    public void HandshakeAbandoned(Node node) => Handshake(node, "abandoned");

    public void HandshakeFailed(Node node, AttemptOutcome failure)
    {
        _recent.AttemptFailed(node.Key.Cluster);
        Handshake(node, OutcomeOf(failure));
    }

    /// <summary>The balancer connected to a node.</summary>
    public void Connected(Node node, TimeSpan duration) => node.Ledger.Counts.Observe(
        _connectDuration, node.Key.Cluster, node.Id, value: null, duration.TotalSeconds);

    public void RequestAnswered(Node node, int status) =>
        node.Ledger.Counts.Increment(_requests, status.ToString("000", null));

    public void Retried(string cluster) => _retries.WithLabels(cluster).Inc();

    public void Spilled(string cluster) => _spilled.WithLabels(cluster).Inc();

    public void UpgradeStripped(string cluster) => _stripped.WithLabels(cluster).Inc();

    public void Rejected(string cluster, Rejection rejection)
    {
        _recent.Rejected(cluster, rejection);
        _rejected.WithLabels(cluster, rejection.Label).Inc();
    }

    private void CreateSeries(FleetRegistry fleet)
    {
        foreach (var cluster in fleet.Clusters)
        {
            _retries.WithLabels(cluster.Id);
            _spilled.WithLabels(cluster.Id);
            _stripped.WithLabels(cluster.Id);
            foreach (var rejection in Rejection.OfClusters)
            {
                _rejected.WithLabels(cluster.Id, rejection.Label);
            }
        }
    }

    /// <summary>The published name of a failure.</summary>
    public static string OutcomeOf(AttemptOutcome failure) => failure switch
    {
        AttemptOutcome.NotConnected => "not_connected",
        AttemptOutcome.OwnFault => "own_fault",
        AttemptOutcome.Reset => "reset",
        AttemptOutcome.Silent => "silent",
        AttemptOutcome.Draining => "draining",
        AttemptOutcome.Refused => "refused",
        _ => "failed",
    };

    private void Handshake(Node node, string outcome) => node.Ledger.Counts.Increment(_handshakes, outcome);
}
