using Prometheus;

namespace WsBalancer.Proxy.Telemetry;

/// <summary>
/// A counter of nodes. The counting is done elsewhere, in the accounts of the nodes; a scrape publishes the totals of
/// the accounts that are open, and withdraws the series of the others.
/// </summary>
internal sealed class NodeCounter
{
    private readonly Counter _counter;

    /// <param name="metrics">Creates the family.</param>
    /// <param name="name">Its name.</param>
    /// <param name="help">What is counted.</param>
    /// <param name="label">The label after <c>cluster</c> and <c>node</c>; null if there is no other.</param>
    public NodeCounter(IMetricFactory metrics, string name, string help, string? label) =>
        _counter = metrics.CreateCounter(
            name, help, label is null ? ["cluster", "node"] : ["cluster", "node", label]);

    public void Publish(string cluster, string node, long total) => _counter.WithLabels(cluster, node).IncTo(total);

    public void Publish(string cluster, string node, string value, long total) =>
        _counter.WithLabels(cluster, node, value).IncTo(total);

    /// <summary>Withdraws the series of these nodes.</summary>
    public void Withdraw(IReadOnlySet<(string Cluster, string Node)> nodes)
    {
        foreach (var labels in _counter.GetAllLabelValues().ToArray())
        {
            if (nodes.Contains((labels[0], labels[1])))
            {
                _counter.RemoveLabelled(labels);
            }
        }
    }
}
