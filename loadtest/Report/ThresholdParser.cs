using System.Globalization;
using WsBalancer.LoadTest.Values;

namespace WsBalancer.LoadTest.Report;

/// <summary>Parses <c>metric comparison value</c>, blanks allowed between them.</summary>
internal static class ThresholdParser
{
    private const string Example = "such as connect.p99<500ms, errors<0.1% or message.lost==0";

    // The longer ones first, or "<=" would be parsed as "<".
    private static readonly string[] Comparisons = ["<=", ">=", "==", "<", ">"];

    /// <summary>
    /// Parses a threshold, or returns null and an error that contains the text and the expected form.
    /// </summary>
    public static Threshold? Parse(string text, out string error)
    {
        var start = text.IndexOfAny(['<', '>', '=']);
        var comparison = start < 0 ? null : Array.Find(Comparisons, text[start..].StartsWith);
        if (comparison is null)
        {
            error = $"'{text}' is not a threshold: expected a metric, one of < <= > >= ==, and a value, {Example}.";
            return null;
        }

        var name = text[..start].Trim();
        var metric = ThresholdMetric.All.FirstOrDefault(metric => metric.Name == name);
        if (metric is null)
        {
            var names = string.Join(", ", ThresholdMetric.All.Select(metric => metric.Name));
            error = $"'{text}' names no metric with '{name}': expected one of {names}.";
            return null;
        }

        var value = text[(start + comparison.Length)..].Trim();
        var limit = metric.IsLatency ? Latency(value) : Count(value);
        if (limit is not var (number, unit))
        {
            var expected = metric.IsLatency ? Duration.Expected : "a number such as 0, or a share such as 0.1%";
            error = $"'{text}' has no limit in '{value}': expected {expected}.";
            return null;
        }

        error = "";
        return new Threshold(text, metric, comparison, number, unit);
    }

    private static (double, ThresholdUnit)? Latency(string value) => Duration.TryParse(value, out var span)
        ? (span.TotalMilliseconds, ThresholdUnit.Milliseconds)
        : null;

    private static (double, ThresholdUnit)? Count(string value)
    {
        var unit = value.EndsWith('%') ? ThresholdUnit.Percent : ThresholdUnit.Count;
        var number = value.TrimEnd('%').TrimEnd();
        return value.IndexOf('%', StringComparison.Ordinal) is var at && (at < 0 || at == value.Length - 1)
            && double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var limit)
                ? (limit, unit)
                : null;
    }
}
