using System.Text.Json.Nodes;
using WsBalancer.Cli.Admin;

namespace WsBalancer.Cli.Commands.Live;

/// <summary>Measures the traffic of nodes as the difference between two scrapes.</summary>
/// <remarks>
/// <c>over</c> is the duration of the first measurement; each later one covers the time since the one before.
/// <c>order</c> is the value by which nodes are sorted, the highest first.
/// </remarks>
internal sealed class TrafficMeter(
    Operation operation, TimeProvider time, TimeSpan over, Func<NodeTraffic, double> order)
{
    private const string Active = "wsbalancer_tunnels_active";
    private const string Opened = "wsbalancer_tunnels_opened_total";
    private const string Closed = "wsbalancer_tunnels_closed_total";
    private const string Frames = "wsbalancer_tunnel_frames_total";
    private const string Bytes = "wsbalancer_tunnel_bytes_total";

    private static readonly HashSet<string> Names = [Active, Opened, Closed, Frames, Bytes];

    private Dictionary<Series, double> _last = [];
    private long _lastAt;
    private bool _hasBegun;

    public async Task<Answer<IReadOnlyList<NodeTraffic>>> ReadAsync(CancellationToken cancellation)
    {
        if (!_hasBegun)
        {
            await ScrapeAsync(cancellation);
            await Task.Delay(over, time, cancellation);
        }

        var (before, beforeAt) = (_last, _lastAt);
        await ScrapeAsync(cancellation);
        var seconds = time.GetElapsedTime(beforeAt, _lastAt).TotalSeconds;
        IReadOnlyList<NodeTraffic> nodes =
        [
            .. _last.Keys.Where(series => series.Name is Active && IsIn(series.Cluster))
                .Select(series => TrafficOf(series.Cluster, series.Node, before, seconds))
                .OrderByDescending(order)
                .ThenBy(node => node.Node, StringComparer.Ordinal),
        ];
        return new Answer<IReadOnlyList<NodeTraffic>>(
            new JsonArray([.. nodes.Select(node => node.ToJson())]).ToJsonString(), nodes);
    }

    private async Task ScrapeAsync(CancellationToken cancellation)
    {
        var sums = new Dictionary<Series, double>();
        foreach (var sample in MetricSample.Parse(await operation.Client.ReadMetricsAsync(cancellation), Names))
        {
            var series = new Series(sample.Name, sample["cluster"], sample["node"], sample["direction"]);
            sums[series] = sums.GetValueOrDefault(series) + sample.Value;
        }

        (_last, _lastAt, _hasBegun) = (sums, time.GetTimestamp(), true);
    }

    private bool IsIn(string cluster) => operation.Settings.Cluster is null || operation.Settings.Cluster == cluster;

    private NodeTraffic TrafficOf(string cluster, string node, Dictionary<Series, double> before, double seconds)
    {
        // After a restart of the balancer a counter is lower than before: the rate is then shown as 0.
        double Rate(string name, string direction = "")
        {
            var series = new Series(name, cluster, node, direction);
            return Math.Max(0, _last.GetValueOrDefault(series) - before.GetValueOrDefault(series)) / seconds;
        }

        return new NodeTraffic(
            cluster,
            node,
            (long)_last[new Series(Active, cluster, node, "")],
            Rate(Opened),
            Rate(Closed),
            Rate(Frames, "from_client") + Rate(Frames, "from_node"),
            Rate(Bytes, "from_client"),
            Rate(Bytes, "from_node"));
    }

    // The samples of other labels, such as the reason of an end, are added up.
    private readonly record struct Series(string Name, string Cluster, string Node, string Direction);
}
