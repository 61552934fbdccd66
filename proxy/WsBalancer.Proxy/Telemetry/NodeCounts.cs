using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace WsBalancer.Proxy.Telemetry;

/// <summary>What is counted of one node by events, for each counter and value of its label. Thread-safe.</summary>
internal sealed class NodeCounts
{
    private readonly ConcurrentDictionary<(NodeCounter Counter, string Value), StrongBox<long>> _totals = new();

    public void Increment(NodeCounter counter, string value) => Interlocked.Increment(
        ref _totals.GetOrAdd((counter, value), static _ => new StrongBox<long>()).Value);

    /// <summary>Publishes the totals as those of this node. Before a scrape only.</summary>
    public void Publish(string cluster, string node)
    {
        foreach (var ((counter, value), total) in _totals)
        {
            counter.Publish(cluster, node, value, Interlocked.Read(ref total.Value));
        }
    }
}
