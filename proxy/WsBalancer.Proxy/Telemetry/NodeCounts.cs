using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Prometheus;

namespace WsBalancer.Proxy.Telemetry;

/// <summary>The counts and observations of one node, for each family and value of its label. Thread-safe.</summary>
internal sealed class NodeCounts
{
    private readonly ConcurrentDictionary<(NodeCounter Counter, string Value), StrongBox<long>> _totals = new();
    private readonly ConcurrentDictionary<(NodeHistogram Histogram, string? Value), Histogram.Child> _observed = new();

    public void Increment(NodeCounter counter, string value) => Interlocked.Increment(
        ref _totals.GetOrAdd((counter, value), static _ => new StrongBox<long>()).Value);

    /// <summary>Adds an observation of this node to a histogram.</summary>
    public void Observe(NodeHistogram histogram, string cluster, string node, string? value, double observed)
    {
        _observed.GetOrAdd(
            (histogram, value),
            static (key, node) => key.Histogram.SeriesOf(node.Cluster, node.Node, key.Value),
            (Cluster: cluster, Node: node)).Observe(observed);
        histogram.Record(cluster, node, value, observed);
    }

    /// <summary>Publishes the totals of this node. Must only be called before a scrape.</summary>
    public void Publish(string cluster, string node)
    {
        foreach (var ((counter, value), total) in _totals)
        {
            counter.Publish(cluster, node, value, Interlocked.Read(ref total.Value));
        }

        // A node that is added again during a scrape may have had its new series withdrawn with the old ones.
        foreach (var key in _observed.Keys)
        {
            _observed[key] = key.Histogram.SeriesOf(cluster, node, key.Value);
        }
    }
}
