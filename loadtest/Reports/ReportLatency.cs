using WsBalancer.LoadTest.Measuring;

namespace WsBalancer.LoadTest.Reports;

/// <summary>Latency counts from the intended time; service time from the actual one.</summary>
internal sealed record ReportLatency(
    LatencySummary Connect, LatencySummary ConnectService, LatencySummary Message, LatencySummary MessageService);
