using System.Collections.Concurrent;
using System.Diagnostics;

namespace WsBalancer.Proxy.Tests.Placement;

/// <summary>A listener that samples and keeps only the spans of one trace, whatever runs at the same time.</summary>
internal sealed class SpanLog : IDisposable
{
    private readonly ActivityListener _listener;
    private readonly ConcurrentQueue<Activity> _spans = new();

    /// <param name="sources">The names of the activity sources.</param>
    public SpanLog(params string[] sources)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => sources.Contains(source.Name),
            Sample = (ref options) => options.Parent.TraceId == Trace
                ? ActivitySamplingResult.AllDataAndRecorded
                : ActivitySamplingResult.None,
            ActivityStopped = Add,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public ActivityTraceId Trace { get; } = ActivityTraceId.CreateRandom();

    public ActivitySpanId Client { get; } = ActivitySpanId.CreateRandom();

    /// <summary>The header of a client that is part of the trace.</summary>
    public string Header => $"traceparent: 00-{Trace}-{Client}-01";

    /// <summary>The only span of a source, once it has ended.</summary>
    public async Task<Activity> TheSpanAsync(string source = "WsBalancer")
    {
        await Deadline.Until("the span", () => _spans.Any(span => span.Source.Name == source));
        return Assert.Single(_spans, span => span.Source.Name == source);
    }

    public void Dispose() => _listener.Dispose();

    // A span that another listener samples ends for every listener of its source.
    private void Add(Activity span)
    {
        if (span.TraceId == Trace)
        {
            _spans.Enqueue(span);
        }
    }
}
