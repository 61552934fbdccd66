using WsBalancer.LoadTest.Report;

namespace WsBalancer.LoadTest.Tests.Report;

public sealed class ThresholdParserTests
{
    [Theory]
    [InlineData("connect.p99<500ms", "connect.p99", "<", 500, ThresholdUnit.Milliseconds)]
    [InlineData("message.p999 <= 1.5s", "message.p999", "<=", 1_500, ThresholdUnit.Milliseconds)]
    [InlineData("message.lost==0", "message.lost", "==", 0, ThresholdUnit.Count)]
    [InlineData("errors<0.1%", "errors", "<", 0.1, ThresholdUnit.Percent)]
    [InlineData("connections.lost > 3", "connections.lost", ">", 3, ThresholdUnit.Count)]
    [InlineData("connect.failed>=10 %", "connect.failed", ">=", 10, ThresholdUnit.Percent)]
    internal void Parse_OfARule_ReadsEveryPart(
        string text, string metric, string comparison, double limit, ThresholdUnit unit)
    {
        var threshold = ThresholdParser.Parse(text, out _);

        Assert.NotNull(threshold);
        Assert.Equal(text, threshold.Text);
        Assert.Equal(
            (metric, comparison, limit, unit),
            (threshold.Metric.Name, threshold.Comparison, threshold.Limit, threshold.Unit));
    }

    [Fact]
    public void Parse_OfEveryMetric_KnowsIt() => Assert.All(
        ThresholdMetric.All,
        metric => Assert.NotNull(ThresholdParser.Parse(metric.Name + (metric.IsLatency ? "<1s" : "<1"), out _)));

    [Theory]
    [InlineData("", "expected a metric")]
    [InlineData("errors", "expected a metric")]
    [InlineData("errors=0", "expected a metric")]
    [InlineData("connect.p97<1s", "connect.p95, connect.p99")]
    [InlineData("Errors<1", "'Errors'")]
    [InlineData("connect.p99<500", "a time with its unit")]
    [InlineData("connect.p99<5%", "a time with its unit")]
    [InlineData("errors<5ms", "a number such as 0")]
    [InlineData("errors<%", "a number such as 0")]
    [InlineData("errors<1%%", "a number such as 0")]
    [InlineData("errors<-1", "a number such as 0")]
    [InlineData("errors<", "a number such as 0")]
    public void Parse_OfBadSyntax_NamesTheTextAndWhatWasExpected(string text, string expected)
    {
        Assert.Null(ThresholdParser.Parse(text, out var error));
        Assert.Contains($"'{text}'", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }
}
