namespace WsBalancer.LoadTest.Thresholds;

/// <summary>The unit of the limit of a threshold.</summary>
internal enum ThresholdUnit
{
    Milliseconds,
    Count,
    Percent,
}
