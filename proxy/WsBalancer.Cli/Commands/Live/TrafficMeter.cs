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

    private IReadOnlyList<MetricSample> _last = [];
    private long _lastAt;

    public async Task<Answer<IReadOnlyList<NodeTraffic>>> ReadAsync(CancellationToken cancellation)
    {
        if (_last.Count is 0)
        {
            await ScrapeAsync(cancellation);
            await Task.Delay(over, time, cancellation);
        }

        var (before, beforeAt) = (_last, _lastAt);
        await ScrapeAsync(cancellation);
        var seconds = time.GetElapsedTime(beforeAt, _lastAt).TotalSeconds;
        IReadOnlyList<NodeTraffic> nodes =
        [
            .. _last.Where(sample => sample.Name is Active && IsIn(sample.Cluster))
                .Select(sample => TrafficOf(sample, before, seconds))
                .OrderByDescending(order)
                .ThenBy(node => node.Node, StringComparer.Ordinal),
        ];
        return new Answer<IReadOnlyList<NodeTraffic>>(
            new JsonArray([.. nodes.Select(node => node.ToJson())]).ToJsonString(), nodes);
    }

    private async Task ScrapeAsync(CancellationToken cancellation) => (_last, _lastAt) =
        ([.. MetricSample.Parse(await operation.Client.ReadMetricsAsync(cancellation))], time.GetTimestamp());

    private bool IsIn(string? cluster) => operation.Settings.Cluster is null || operation.Settings.Cluster == cluster;

    private NodeTraffic TrafficOf(MetricSample active, IReadOnlyList<MetricSample> before, double seconds)
    {
        // After a restart of the balancer a counter is lower than before: the rate is then shown as 0.
        double Rate(string name, string? direction = null) =>
            Math.Max(0, Sum(_last, active, name, direction) - Sum(before, active, name, direction)) / seconds;

        return new NodeTraffic(
            active.Cluster!,
            active.Node!,
            (long)active.Value,
            Rate(Opened),
            Rate(Closed),
            Rate(Frames),
            Rate(Bytes, "from_client"),
            Rate(Bytes, "from_node"));
    }

    private static double Sum(
        IEnumerable<MetricSample> samples, MetricSample node, string name, string? direction) => samples
        .Where(sample => sample.Name == name && sample.Node == node.Node && sample.Cluster == node.Cluster
            && (direction is null || sample.Labels["direction"] == direction))
        .Sum(sample => sample.Value);
}
