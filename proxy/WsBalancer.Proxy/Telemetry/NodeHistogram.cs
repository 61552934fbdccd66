using System.Diagnostics.Metrics;
using Prometheus;

namespace WsBalancer.Proxy.Telemetry;

/// <summary>
/// A histogram of nodes. Observations are added through the account of the node (<see cref="NodeCounts"/>); a scrape
/// withdraws the series of nodes without an account.
/// </summary>
/// <param name="histogram">The family for Prometheus.</param>
/// <param name="instrument">The instrument for listeners of the meter.</param>
/// <param name="label">The label after <c>cluster</c> and <c>node</c>; null if there is no other.</param>
internal sealed class NodeHistogram(Histogram histogram, Histogram<double> instrument, string? label)
{
    /// <summary>The series of a node, which is created if it does not exist.</summary>
    public Histogram.Child SeriesOf(string cluster, string node, string? value) => value is null
        ? histogram.WithLabels(cluster, node)
        : histogram.WithLabels(cluster, node, value);

    /// <summary>Records an observation for listeners of the meter, if there are any.</summary>
    public void Record(string cluster, string node, string? value, double observed)
    {
        if (!instrument.Enabled)
        {
            return;
        }

        var ofCluster = new KeyValuePair<string, object?>("cluster", cluster);
        var ofNode = new KeyValuePair<string, object?>("node", node);
        if (label is null)
        {
            instrument.Record(observed, ofCluster, ofNode);
        }
        else
        {
            instrument.Record(observed, ofCluster, ofNode, new KeyValuePair<string, object?>(label, value));
        }
    }

    /// <summary>Withdraws the series of all other nodes.</summary>
    public void WithdrawAllBut(IReadOnlySet<(string Cluster, string Node)> nodes)
    {
        foreach (var labels in histogram.GetAllLabelValues().ToArray())
        {
            if (!nodes.Contains((labels[0], labels[1])))
            {
                histogram.RemoveLabelled(labels);
            }
        }
    }
}
