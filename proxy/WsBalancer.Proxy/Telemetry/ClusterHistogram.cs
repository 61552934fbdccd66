using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Prometheus;

namespace WsBalancer.Proxy.Telemetry;

/// <summary>A histogram of clusters. Observing does not allocate after the first time. Thread-safe.</summary>
/// <param name="histogram">The family for Prometheus.</param>
/// <param name="instrument">The instrument for listeners of the meter.</param>
internal sealed class ClusterHistogram(Histogram histogram, Histogram<double> instrument)
{
    private readonly ConcurrentDictionary<string, Histogram.Child> _children = new(StringComparer.Ordinal);

    public void Observe(string cluster, double value)
    {
        _children.GetOrAdd(cluster, static (id, all) => all.WithLabels(id), histogram).Observe(value);
        if (instrument.Enabled)
        {
            instrument.Record(value, new KeyValuePair<string, object?>("cluster", cluster));
        }
    }

    /// <summary>Withdraws the series of all other clusters.</summary>
    public void WithdrawAllBut(IReadOnlySet<string> clusters)
    {
        foreach (var cluster in _children.Keys.Where(cluster => !clusters.Contains(cluster)))
        {
            // In the other order, an observation between the two calls would keep a series that is no longer published.
            histogram.RemoveLabelled(cluster);
            _children.TryRemove(cluster, out _);
        }
    }
}
