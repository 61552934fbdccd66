using Microsoft.Extensions.Time.Testing;
using WsBalancer.LoadTest.Load;

namespace WsBalancer.LoadTest.Tests.Load;

public sealed class LatencyRecorderTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LatencyRecorder _recorder;

    public LatencyRecorderTests() => _recorder = new LatencyRecorder(_time);

    [Fact]
    public void Summarize_OfOneToAThousandMilliseconds_HasThePercentilesToThreeDigits()
    {
        RecordMilliseconds(1, 1_000);

        var summary = _recorder.Summarize();

        Assert.Equal(1_000, summary.Count);
        Assert.Equal(1, summary.MinMs);
        Assert.Equal(1_000, summary.MaxMs);
        Assert.Equal(500, summary.P50Ms!.Value, 500 * 0.001);
        Assert.Equal(900, summary.P90Ms!.Value, 900 * 0.001);
        Assert.Equal(950, summary.P95Ms!.Value, 950 * 0.001);
        Assert.Equal(990, summary.P99Ms!.Value, 990 * 0.001);
        Assert.Equal(999, summary.P999Ms!.Value, 999 * 0.001);
        Assert.Equal(500.5, summary.MeanMs!.Value, 0.5);
    }

    [Fact]
    public void Summarize_OfOneSample_NeverExceedsIt()
    {
        RecordMilliseconds(4_097, 4_097);

        Assert.Equal(4_097, _recorder.Summarize().P999Ms);
    }

    [Fact]
    public void Summarize_WithoutSamples_KnowsNoTimes() => Assert.Equal(LatencySummary.Empty, _recorder.Summarize());

    [Fact]
    public void TakeInterval_CoversOnlySamplesSinceTheLast()
    {
        RecordMilliseconds(1, 10);
        _recorder.TakeInterval();
        RecordMilliseconds(70, 71);

        var interval = _recorder.TakeInterval();

        Assert.Equal((2, 70, 71), (interval.Count, interval.MinMs, interval.MaxMs));
        Assert.Equal(12, _recorder.Summarize().Count);
    }

    private void RecordMilliseconds(int first, int last)
    {
        for (var milliseconds = first; milliseconds <= last; milliseconds++)
        {
            _recorder.Record(0, milliseconds * _time.TimestampFrequency / 1_000);
        }
    }
}
