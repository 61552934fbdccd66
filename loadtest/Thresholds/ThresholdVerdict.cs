namespace WsBalancer.LoadTest.Thresholds;

/// <summary>The result of a threshold; <see cref="Actual"/> is in the threshold's unit, null without samples.</summary>
internal sealed record ThresholdVerdict(string Text, double? Actual, bool Met, string Described);
