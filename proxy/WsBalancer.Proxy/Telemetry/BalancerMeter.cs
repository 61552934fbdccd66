using System.Diagnostics.Metrics;
using System.Runtime.ExceptionServices;
using Prometheus;

namespace WsBalancer.Proxy.Telemetry;

/// <summary>
/// The meter <c>WsBalancer</c> of one balancer: the families of its registry for listeners in the process, such as
/// OpenTelemetry. A name is that of the family without <c>_total</c>, which exporters to Prometheus append.
/// </summary>
/// <remarks>
/// Counters and gauges are observable: nothing is read before a listener collects, and then all of them are read at
/// one moment. A histogram cannot be observable; it is recorded where it is observed, and only if it has a listener.
/// </remarks>
internal sealed class BalancerMeter : IDisposable
{
    /// <summary>The name of the meter, and of the source of spans.</summary>
    public const string Name = "WsBalancer";

    private const string Total = "_total";

    // Longer than a listener takes to observe all instruments.
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);

    private readonly Meter _meter;
    private readonly TimeProvider _time;
    private readonly Action<Action> _collect;
    private readonly Lock _gate = new();
    private readonly List<Family> _families = [];
    private long _collection;
    private long _collectedAt;

    // Why the last collection failed; null if it did not.
    private ExceptionDispatchInfo? _failure;

    /// <param name="scope">The registry, which distinguishes the meters of several balancers in a process.
    /// </param>
    /// <param name="time">For the age of a collection.</param>
    /// <param name="collect">Sets the values that are derived, and then runs what reads them, before a scrape or
    /// another collection changes them.</param>
    public BalancerMeter(object scope, TimeProvider time, Action<Action> collect)
    {
        _meter = new Meter(new MeterOptions(Name) { Version = ProductVersion.Text, Scope = scope });
        (_time, _collect) = (time, collect);
    }

    public void Add(Counter counter, string name, string help, string[] labels)
    {
        var observe = Observe(() => Read(counter, labels, static child => child.Value));
        _meter.CreateObservableCounter(NameOf(name), observe, UnitOf(name), help);
    }

    public void Add(Gauge gauge, string name, string help, string[] labels)
    {
        var observe = Observe(() => Read(gauge, labels, static child => child.Value));
        _meter.CreateObservableGauge(name, observe, UnitOf(name), help);
    }

    public Histogram<double> CreateHistogram(string name, string help, double[] buckets) => _meter.CreateHistogram(
        name,
        UnitOf(name),
        help,
        tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = buckets });

    public void Dispose() => _meter.Dispose();

    private static string NameOf(string name) =>
        name.EndsWith(Total, StringComparison.Ordinal) ? name[..^Total.Length] : name;

    private static string? UnitOf(string name) => NameOf(name) switch
    {
        var text when text.EndsWith("_seconds", StringComparison.Ordinal) => "s",
        var text when text.EndsWith("_bytes", StringComparison.Ordinal) => "By",
        _ => null,
    };

    // A family without labels has one child, which is not among the labelled ones. NaN means that there is no value.
    private static IEnumerable<Measurement<double>> Read<T>(
        Collector<T> family, string[] labels, Func<T, double> valueOf)
        where T : ChildBase
    {
        string[][] children = labels.Length == 0 ? [[]] : [.. family.GetAllLabelValues()];
        return children
            .Select(values => new Measurement<double>(
                valueOf(family.WithLabels(values)),
                labels.Zip(values, static (label, value) => new KeyValuePair<string, object?>(label, value))))
            .Where(static measurement => !double.IsNaN(measurement.Value));
    }

    private Func<IEnumerable<Measurement<double>>> Observe(Func<IEnumerable<Measurement<double>>> read)
    {
        lock (_gate)
        {
            var family = new Family(read) { Observed = _collection };
            _families.Add(family);
            return () => Observe(family);
        }
    }

    // A listener observes one instrument after the other. An instrument that is observed for the second time begins
    // another collection. So does any instrument long after the last collection, since several listeners may observe
    // different ones.
    private Measurement<double>[] Observe(Family family)
    {
        lock (_gate)
        {
            if (family.Observed == _collection || _time.GetElapsedTime(_collectedAt) > MaxAge)
            {
                Collect();
            }

            family.Observed = _collection;
            _failure?.Throw();
            return family.Values;
        }
    }

    // A collection that fails counts too: each instrument of the pass fails with its exception, and collects no more.
    private void Collect()
    {
        try
        {
            _collect(() => _families.ForEach(static family => family.Collect()));
            _failure = null;
        }
        catch (Exception ex)
        {
            _failure = ExceptionDispatchInfo.Capture(ex);
        }

        _collectedAt = _time.GetTimestamp();
        _collection++;
    }

    private sealed class Family(Func<IEnumerable<Measurement<double>>> read)
    {
        /// <summary>The last collection in which the family was observed.</summary>
        public long Observed { get; set; }

        public Measurement<double>[] Values { get; private set; } = [];

        public void Collect() => Values = [.. read()];
    }
}
