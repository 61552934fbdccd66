namespace WsBalancer.LoadTest.Thresholds;

/// <summary>What the number of a threshold means.</summary>
internal enum ThresholdUnit
{
    Milliseconds,
    Count,
    Percent,
}
