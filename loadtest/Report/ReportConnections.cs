using WsBalancer.LoadTest.Load;

namespace WsBalancer.LoadTest.Report;

/// <summary>
/// Counts of the connections by outcome: attempted = opened + failed + abandoned, and opened = closed + lost + closed
/// at the end + cut at the end.
/// </summary>
internal sealed record ReportConnections(
    long Attempted,
    long Opened,
    long Failed,
    long Abandoned,
    int PeakOpen,
    long Closed,
    long Lost,
    long ClosedAtEnd,
    long CutAtEnd,
    IReadOnlyDictionary<string, long> Failures,
    IReadOnlyDictionary<string, long> CloseCodes)
{
    public static ReportConnections From(Measurements found, int peakOpen) => new(
        found.ConnectsStarted.Value,
        found.Opened.Value,
        found.ConnectFailures.Total,
        found.ConnectsAbandoned.Value,
        peakOpen,
        found.CloseCodes.Total,
        found.ConnectionsLost.Value,
        found.ClosedAtEnd.Value,
        found.CutAtEnd.Value,
        Named(found.ConnectFailures),
        Named(found.CloseCodes));

    private static Dictionary<string, long> Named<TKey>(CountByKey<TKey> counts)
        where TKey : notnull =>
        counts.Snapshot().ToDictionary(pair => $"{pair.Key}", pair => pair.Value);
}
