namespace WsBalancer.LoadTest.Thresholds;

/// <summary>What became of a threshold; <see cref="Actual"/> is in its own unit, null without samples.</summary>
internal sealed record ThresholdVerdict(string Text, double? Actual, bool Met, string Described);
