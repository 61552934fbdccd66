using System.Diagnostics;
using WsBalancer.LoadTest.Load;

namespace WsBalancer.LoadTest.Report;

/// <summary>
/// The performance of the generator itself. If the generator was late, the latencies describe it more than the server.
/// </summary>
internal sealed record ReportGenerator(
    LatencySummary ConnectLag,
    LatencySummary SendLag,
    double CpuSeconds,
    long PeakMemoryBytes,
    IReadOnlyList<string> Warnings)
{
    /// <summary>The lateness (p99) above which a report warns.</summary>
    public const double MaxLagMs = 10;

    public static ReportGenerator From(Measurements found)
    {
        var connectLag = found.ConnectLag.Summarize();
        var sendLag = found.SendLag.Summarize();
        using var process = Process.GetCurrentProcess();
        return new ReportGenerator(
            connectLag,
            sendLag,
            Math.Round(process.TotalProcessorTime.TotalSeconds, 3),
            process.PeakWorkingSet64,
            [.. Warn("connections", connectLag.P99Ms), .. Warn("messages", sendLag.P99Ms)]);
    }

    private static IEnumerable<string> Warn(string what, double? lagMs)
    {
        if (lagMs > MaxLagMs)
        {
            yield return FormattableString.Invariant(
                $"The generator began {what} late (p99 {lagMs:0.#} ms, more than {MaxLagMs:0} ms): the latency ")
                + "above is in part its own. Lower the rate, or give it a machine or more cores of its own.";
        }
    }
}
