using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Closing;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Hosting;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Peers;

/// <summary>
/// Compares the ring and the state of every cluster with those that the other balancers report. Balancers that disagree
/// place the same user on different nodes.
/// </summary>
internal sealed class Agreement(
    FleetRegistry fleet, PeerReports peers, OperationEvents news, TimeProvider time, ILogger<Agreement> logger)
    : BackgroundService
{
    private readonly ConcurrentDictionary<string, DisagreementClock> _clocks = new(StringComparer.OrdinalIgnoreCase);
    private readonly long _begun = time.GetTimestamp();

    /// <summary>How the balancers differ on a cluster, once they have differed for five seconds; else null.</summary>
    public string? DisputeIn(string cluster) => _clocks.GetValueOrDefault(cluster)?.Alarm;

    public void Compare()
    {
        var clusters = fleet.Clusters.ToArray();
        foreach (var cluster in clusters)
        {
            var clock = _clocks.GetOrAdd(cluster.Id, static _ => new DisagreementClock());
            if (clock.Observe(DifferenceIn(cluster), time.GetElapsedTime(_begun)))
            {
                PublishAlarm(cluster.Id, clock.Alarm);
            }
        }

        foreach (var removed in _clocks.Keys.Except(clusters.Select(cluster => cluster.Id)))
        {
            _clocks.TryRemove(removed, out _);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        PeriodicLoop.RunAsync("comparing with other balancers", Compare, time, logger, stoppingToken);

    private void PublishAlarm(string cluster, string? alarm)
    {
        if (alarm is not null)
        {
            news.Disputed(cluster, alarm);
        }
        else
        {
            news.Agreed(cluster);
        }
    }

    // A balancer without the cluster places none of its users, so it is skipped.
    private string? DifferenceIn(FleetCluster cluster)
    {
        var own = cluster.Current;
        var ring = own.Ring is null ? "" : Fingerprint.Text(own.Ring);
        var hash = own.StateHash();
        foreach (var other in peers.Others)
        {
            if (other.Clusters.GetValueOrDefault(cluster.Id.ToLowerInvariant()) is not { } reported)
            {
                continue;
            }

            if (reported.Fingerprint != ring)
            {
                return $"{other.Id} has another ring, {Short(reported.Fingerprint)} instead of {Short(ring)}: "
                    + "nodes, weights or Ring settings differ";
            }

            if (reported.StateHash != hash)
            {
                return $"{other.Id} has other addresses of nodes, or other drains, {Short(reported.StateHash)} instead "
                    + $"of {Short(hash)}";
            }
        }

        return null;
    }

    private static string Short(string fingerprint) =>
        fingerprint.Length == 0 ? "none" : fingerprint[..Math.Min(8, fingerprint.Length)];
}
