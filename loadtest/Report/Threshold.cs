using System.Globalization;

namespace WsBalancer.LoadTest.Report;

/// <summary>
/// A condition on the result of a run, such as <c>connect.p99&lt;500ms</c>; <see cref="Text"/> is as the user wrote it.
/// </summary>
internal sealed record Threshold(
    string Text, ThresholdMetric Metric, string Comparison, double Limit, ThresholdUnit Unit)
{
    /// <summary>Compares the measured value with the limit. A threshold without a measured value is missed.</summary>
    public ThresholdVerdict Judge(RunReport report)
    {
        var actual = Measure(report);
        return new ThresholdVerdict(Text, actual, actual is { } value && Holds(value), Describe(actual));
    }

    private double? Measure(RunReport report)
    {
        if (Metric.Whole is null)
        {
            return Metric.Value(report);
        }

        var whole = Metric.Whole(report);
        var scale = Unit == ThresholdUnit.Percent ? 100.0 / whole : 1;
        return whole == 0 ? null : Metric.Value(report) * scale;
    }

    private bool Holds(double actual) => Comparison switch
    {
        "<" => actual < Limit,
        "<=" => actual <= Limit,
        ">" => actual > Limit,
        ">=" => actual >= Limit,
        _ => actual == Limit,
    };

    private string Describe(double? actual) => (actual, Unit) switch
    {
        (null, _) => "no samples",
        ({ } value, ThresholdUnit.Milliseconds) => value.ToString("0.###", CultureInfo.InvariantCulture) + " ms",
        ({ } value, ThresholdUnit.Percent) => value.ToString("0.####", CultureInfo.InvariantCulture) + " %",
        ({ } value, _) => value.ToString("0", CultureInfo.InvariantCulture),
    };
}

/// <summary>The unit of the limit of a threshold.</summary>
internal enum ThresholdUnit
{
    Milliseconds,
    Count,
    Percent,
}

/// <summary>The result of a threshold; <see cref="Actual"/> is in the threshold's unit, null without samples.</summary>
internal sealed record ThresholdVerdict(string Text, double? Actual, bool Met, string Described);
