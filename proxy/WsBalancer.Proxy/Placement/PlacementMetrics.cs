using Prometheus;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Placement;

/// <summary>What becomes of handshakes and requests, as events.</summary>
internal sealed class PlacementMetrics
{
    private readonly RecentFailures _recent;
    private readonly NodeCounter _handshakes;
    private readonly Histogram _handshakeDuration;
    private readonly NodeCounter _requests;
    private readonly Counter _retries;
    private readonly Counter _rejected;
    private readonly Counter _spilled;
    private readonly Counter _stripped;

    public PlacementMetrics(BalancerRegistry registry, RecentFailures recent, FleetRegistry fleet)
    {
        _recent = recent;
        _handshakes = registry.CreateNodeCounter(
            "wsbalancer_handshakes_total", "Attempts of handshakes, by what came of them.", "outcome");
        _handshakeDuration = registry.CreateHistogram(
            "wsbalancer_handshake_duration_seconds",
            "From a handshake's request to its 101, with every attempt.",
            Histogram.ExponentialBuckets(0.0005, 2, 16),
            "cluster");
        _requests = registry.CreateNodeCounter(
            "wsbalancer_requests_total", "Plain requests, by the status of their answer.", "code");
        _retries = registry.CreateCounter("wsbalancer_retries_total", "Attempts after the first one.", "cluster");
        _rejected = registry.CreateCounter(
            "wsbalancer_rejected_total", "Requests that the balancer itself refused.", "cluster", "reason");
        _spilled = registry.CreateCounter(
            "wsbalancer_spilled_total",
            "Handshakes that went to the second node of their user's order, because the first had reached its bound.",
            "cluster");
        _stripped = registry.CreateCounter(
            "wsbalancer_upgrades_stripped_total",
            "Requests that were served without the upgrade that they asked for, which was to no WebSocket.",
            "cluster");

        // Before the first event: a rate over a series that begins with 1 does not count it.
        registry.BeforeScrape(() => CreateSeries(fleet));
    }

    public void HandshakeAccepted(Node node, TimeSpan duration)
    {
        Handshake(node, "accepted");
        _handshakeDuration.WithLabels(node.Key.Cluster).Observe(duration.TotalSeconds);
    }

    /// <summary>The node answered with something else than a WebSocket.</summary>
    public void HandshakeRefused(Node node) => Handshake(node, "refused");

    /// <summary>The client went before it was answered.</summary>
    public void HandshakeAbandoned(Node node) => Handshake(node, "abandoned");

    public void HandshakeFailed(Node node, AttemptFailure failure)
    {
        _recent.AttemptFailed(node.Key.Cluster);
        Handshake(node, OutcomeOf(failure));
    }


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

    private static string OutcomeOf(AttemptFailure failure) => failure switch
    {
        AttemptFailure.NotConnected => "not_connected",
        AttemptFailure.OwnFault => "own_fault",
        AttemptFailure.Reset => "reset",
        AttemptFailure.Silent => "silent",
        AttemptFailure.Draining => "draining",
        AttemptFailure.Refused => "refused",
        _ => "failed",
    };

    private void Handshake(Node node, string outcome) => node.Ledger.Counts.Increment(_handshakes, outcome);
}
