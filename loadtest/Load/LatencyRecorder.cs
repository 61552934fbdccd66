using HdrHistogram;

namespace WsBalancer.LoadTest.Load;

/// <summary>
/// Records one kind of time to three significant digits, for the whole run and for the interval since the last
/// <see cref="TakeInterval"/>. Thread-safe.
/// </summary>
internal sealed class LatencyRecorder(TimeProvider time)
{
    private const int SignificantDigits = 3;

    // An hour in microseconds: longer samples are recorded as one hour rather than lost.
    private const long HighestMicroseconds = 3_600_000_000;

    private readonly Lock _gate = new();
    private readonly Samples _run = new();
    private readonly Samples _interval = new();

    /// <summary>Records the time between two timestamps of the time provider.</summary>
    public void Record(long from, long to)
    {
        var microseconds = (long)time.GetElapsedTime(from, to).TotalMicroseconds;
        lock (_gate)
        {
            _run.Add(microseconds);
            _interval.Add(microseconds);
        }
    }

    public LatencySummary Summarize()
    {
        lock (_gate)
        {
            return _run.Summarize();
        }
    }

    /// <summary>Summarizes the samples since the last call, and begins the next interval.</summary>
    public LatencySummary TakeInterval()
    {
        lock (_gate)
        {
            var summary = _interval.Summarize();
            _interval.Clear();
            return summary;
        }
    }

    /// <summary>A histogram, and the exact minimum and maximum, which its buckets would round.</summary>
    private sealed class Samples
    {
        private readonly LongHistogram _histogram = new(HighestMicroseconds, SignificantDigits);
        private long _min = long.MaxValue;
        private long _max;

        public void Add(long microseconds)
        {
            var value = Math.Clamp(microseconds, 0, HighestMicroseconds);
            _histogram.RecordValue(value);
            _min = Math.Min(_min, value);
            _max = Math.Max(_max, value);
        }

        public void Clear()
        {
            _histogram.Reset();
            _min = long.MaxValue;
            _max = 0;
        }

        public LatencySummary Summarize() => _histogram.TotalCount == 0
            ? LatencySummary.Empty
            : new LatencySummary(
                _histogram.TotalCount,
                Milliseconds(_min),
                Math.Round(Milliseconds(_histogram.GetMean()), 3),
                Percentile(50),
                Percentile(90),
                Percentile(95),
                Percentile(99),
                Percentile(99.9),
                Milliseconds(_max));

        // The histogram returns the top of a bucket, which may be above every recorded value.
        private double Percentile(double percentile) =>
            Milliseconds(Math.Min(_histogram.GetValueAtPercentile(percentile), _max));

        private static double Milliseconds(double microseconds) => microseconds / 1_000;
    }
}
