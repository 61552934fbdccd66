namespace WsBalancer.LoadTest.Load;

/// <summary>
/// The distribution of one measured time, in milliseconds. Without samples every time is null: an unmeasured latency is
/// not 0.
/// </summary>
internal sealed record LatencySummary(
    long Count,
    double? MinMs,
    double? MeanMs,
    double? P50Ms,
    double? P90Ms,
    double? P95Ms,
    double? P99Ms,
    double? P999Ms,
    double? MaxMs)
{
    public static readonly LatencySummary Empty = new(0, null, null, null, null, null, null, null, null);
}
