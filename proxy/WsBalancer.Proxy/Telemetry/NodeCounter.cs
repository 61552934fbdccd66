using Prometheus;

namespace WsBalancer.Proxy.Telemetry;

/// <summary>
/// A counter of nodes. The counting is done elsewhere, in the accounts of the nodes; a scrape publishes the totals of
/// the accounts that are open, and withdraws the series of the others.
/// </summary>
/// <param name="counter">The family, with the labels <c>cluster</c>, <c>node</c>, and at most one more.</param>
internal sealed class NodeCounter(Counter counter)
{
    public void Publish(string cluster, string node, long total) => counter.WithLabels(cluster, node).IncTo(total);

    public void Publish(string cluster, string node, string value, long total) =>
        counter.WithLabels(cluster, node, value).IncTo(total);

    /// <summary>Withdraws the series of these nodes.</summary>
    public void Withdraw(IReadOnlySet<(string Cluster, string Node)> nodes)
    {
        foreach (var labels in counter.GetAllLabelValues().ToArray())
        {
            if (nodes.Contains((labels[0], labels[1])))
            {
                counter.RemoveLabelled(labels);
            }
        }
    }
}
