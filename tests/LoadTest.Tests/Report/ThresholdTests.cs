using WsBalancer.LoadTest.Report;

namespace WsBalancer.LoadTest.Tests.Report;

public sealed class ThresholdTests
{
    [Theory]
    [InlineData("message.p99<21ms", true)]
    [InlineData("message.p99<20ms", false)]
    [InlineData("message.p99<=20ms", true)]
    [InlineData("message.max>=0.02s", true)]
    [InlineData("message.p50>20ms", false)]
    [InlineData("message.p50==20ms", true)]
    [InlineData("connect.failed==2", true)]
    [InlineData("connect.failed<20%", false)]
    [InlineData("connect.failed<=20%", true)]
    [InlineData("message.lost==5", true)]
    [InlineData("message.lost<5%", false)]
    [InlineData("message.unsent<=10%", true)]
    [InlineData("message.unsent==9", false)]
    [InlineData("connections.lost<=12.5%", true)]
    [InlineData("connections.closed==1", true)]
    [InlineData("errors==18", true)]
    public void Judge_OfWhatWasMeasured_ComparesInTheUnitOfTheRule(string text, bool met)
    {
        var report = Sample.Report(found =>
        {
            found.ConnectsStarted.Add(10);
            found.Opened.Add(8);
            found.ConnectFailures.Add("refused");
            found.ConnectFailures.Add("http503");
            found.ConnectionsLost.Add(1);
            found.CloseCodes.Add(1012);
            found.MessagesScheduled.Add(100);
            found.MessagesSent.Add(90);
            found.MessagesEchoed.Add(85);
            found.Message.RecordMs(20);
        });

        Assert.Equal(met, ThresholdParser.Parse(text, out _)!.Judge(report).Met);
    }

    [Fact]
    public void Judge_WithoutSamples_IsMissedForEveryMetricAndRule()
    {
        var report = Sample.Report(_ => { });

        foreach (var metric in ThresholdMetric.All)
        {
            foreach (var limit in metric.IsLatency ? (string[])["<1h", ">=0ms"] : ["==0", ">=0", "<100%"])
            {
                var verdict = ThresholdParser.Parse(metric.Name + limit, out _)!.Judge(report);

                Assert.False(verdict.Met, verdict.Text);
                Assert.Equal("no samples", verdict.Described);
            }
        }
    }
}
