using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace WsBalancer.Proxy.Tests.Telemetry;

/// <summary>A listener of the meter of one balancer, and the last value of each series.</summary>
internal sealed class MeterLog : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<Instrument> _instruments = new();
    private readonly ConcurrentDictionary<string, double> _values = new();

    /// <param name="scope">The registry of the balancer.</param>
    /// <param name="only">The name of the only instrument that is observed; null for all.</param>
    public MeterLog(object scope, string? only = null)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "WsBalancer" && instrument.Meter.Scope == scope
                && (only is null || instrument.Name == only))
            {
                _instruments.Enqueue(instrument);
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
            _values[instrument.Name + LabelsOf(tags)] = value);
        _listener.Start();
    }

    public IReadOnlyCollection<Instrument> Instruments => _instruments;

    /// <summary>The series of the last collection, and all that were recorded since.</summary>
    public IReadOnlyCollection<string> Observed => [.. _values.Keys];

    /// <summary>The last value of a series, written as Prometheus writes it; null without one.</summary>
    public double? this[string series] => _values.TryGetValue(series, out var value) ? value : null;

    public void Collect()
    {
        _values.Clear();
        _listener.RecordObservableInstruments();
    }

    public void Dispose() => _listener.Dispose();

    private static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags) => tags.IsEmpty
        ? ""
        : $"{{{string.Join(',', tags.ToArray().Select(tag => $"{tag.Key}=\"{tag.Value}\""))}}}";
}
