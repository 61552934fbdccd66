using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Health;

/// <summary>The durations of probes, by their result.</summary>
internal sealed class ProbeMetrics(BalancerRegistry registry)
{
    private readonly NodeHistogram _duration = registry.CreateNodeHistogram(
        "wsbalancer_probe_duration_seconds",
        "Durations of the health probes of a node, by their result.",
        "result",
        0.001,
        0.005,
        0.01,
        0.05,
        0.1,
        0.5,
        1,
        5);

    public void Probed(Node node, ProbeFinding finding, TimeSpan duration) => node.Ledger.Counts.Observe(
        _duration, node.Key.Cluster, node.Id, LabelOf(finding), duration.TotalSeconds);

    private static string LabelOf(ProbeFinding finding) => finding switch
    {
        ProbeFinding.Succeeded => "succeeded",
        ProbeFinding.Failed => "failed",
        ProbeFinding.Draining => "draining",
        ProbeFinding.OwnFault => "own_fault",
        _ => throw new ArgumentOutOfRangeException(nameof(finding), finding, "No label is published for this result."),
    };
}
