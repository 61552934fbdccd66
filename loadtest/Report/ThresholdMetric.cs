namespace WsBalancer.LoadTest.Report;

/// <summary>
/// A value on which a threshold can be set: a latency in milliseconds, or a count. A limit in percent is relative to
/// <see cref="Whole"/>.
/// </summary>
internal sealed record ThresholdMetric(string Name, Func<RunReport, double?> Value, Func<RunReport, long>? Whole)
{
    public static readonly IReadOnlyList<ThresholdMetric> All =
    [
        Latency("connect.p50", report => report.Latency.Connect.P50Ms),
        Latency("connect.p90", report => report.Latency.Connect.P90Ms),
        Latency("connect.p95", report => report.Latency.Connect.P95Ms),
        Latency("connect.p99", report => report.Latency.Connect.P99Ms),
        Latency("connect.p999", report => report.Latency.Connect.P999Ms),
        Latency("connect.max", report => report.Latency.Connect.MaxMs),
        Latency("message.p50", report => report.Latency.Message.P50Ms),
        Latency("message.p90", report => report.Latency.Message.P90Ms),
        Latency("message.p95", report => report.Latency.Message.P95Ms),
        Latency("message.p99", report => report.Latency.Message.P99Ms),
        Latency("message.p999", report => report.Latency.Message.P999Ms),
        Latency("message.max", report => report.Latency.Message.MaxMs),
        Count("connect.failed", report => report.Connections.Failed, report => report.Connections.Attempted),
        Count("connections.closed", report => report.Connections.Closed, report => report.Connections.Opened),
        Count("connections.lost", report => report.Connections.Lost, report => report.Connections.Opened),
        Count("message.lost", report => report.Messages.Lost, report => report.Messages.Scheduled),
        Count("message.unsent", report => report.Messages.Unsent, report => report.Messages.Scheduled),
        Count("errors", report => report.Errors, report => report.Connections.Attempted + report.Messages.Scheduled),
    ];

    public bool IsLatency => Whole is null;

    private static ThresholdMetric Latency(string name, Func<RunReport, double?> value) => new(name, value, null);

    private static ThresholdMetric Count(string name, Func<RunReport, long> count, Func<RunReport, long> whole) =>
        new(name, report => count(report), whole);
}
