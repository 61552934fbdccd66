using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace WsBalancer.Proxy.Telemetry;

/// <summary>
/// Publishes the events of this balancer, and keeps the last ones. Thread-safe; listeners must not block.
/// </summary>
internal sealed class BalancerEvents
{
    // Enough for a listener that reconnects to miss nothing of a busy minute.
    private const int Remembered = 1_000;

    [ThreadStatic]
    private static (BalancerEvents? Of, EventCause? Cause) OnThread;

    private readonly ConcurrentQueue<BalancerEvent> _recent = new();
    private readonly AsyncLocal<CauseScope?> _cause = new();
    private readonly TimeProvider _time;
    private readonly EventJournal? _journal;
    private readonly Lock _lock = new();

    // Distinguishes the events of this process from those of earlier ones, which have the same ids if the file is lost.
    private readonly string _run = RandomNumberGenerator.GetHexString(8, lowercase: true);
    private long _lastId;

    /// <param name="time">The clock of the events.</param>
    /// <param name="journal">Keeps the events over restarts; null keeps them in memory only.</param>
    public BalancerEvents(TimeProvider time, EventJournal? journal = null)
    {
        (_time, _journal) = (time, journal);
        foreach (var past in journal?.Load(Remembered) ?? [])
        {
            _recent.Enqueue(past);
            _lastId = Math.Max(_lastId, past.Id);
        }
    }

    /// <summary>Raised for every event, on the thread that publishes it.</summary>
    public event Action<BalancerEvent>? Happened;

    /// <summary>The last events, the oldest first.</summary>
    public IReadOnlyCollection<BalancerEvent> Recent => _recent;

    public bool IsOfThisRun(BalancerEvent happened) => happened.Run == _run;

    /// <summary>
    /// Names the cause of the events that this asynchronous flow publishes until the scope is disposed of. Work
    /// that the flow has started and that continues after that has no cause.
    /// </summary>
    public IDisposable CausedBy(EventCause cause) => _cause.Value = new CauseScope(cause);

    /// <summary>
    /// Makes the cause of this flow that of all events which this thread publishes within an action. Callbacks of a
    /// configuration change run on this thread, but each in the flow in which it was registered.
    /// </summary>
    public void RunWithCause(Action action)
    {
        var before = OnThread;
        OnThread = (this, _cause.Value?.Cause);
        try
        {
            action();
        }
        finally
        {
            OnThread = before;
        }
    }

    /// <summary>The events that a listener does not know, the oldest first.</summary>
    /// <param name="known">The last event that the listener knows. All events are returned if this balancer does not
    /// have it.</param>
    public IReadOnlyList<BalancerEvent> After(EventMark known)
    {
        // One snapshot: the oldest event is dropped whenever another one is published.
        var recent = _recent.ToArray();
        if (known.IndexIn(recent) is { } at)
        {
            return recent[(at + 1)..];
        }

        var all = All();
        return known.IndexIn(all) is { } index ? [.. all.Skip(index + 1)]
            : known.IsOfNoRun && all.Exists(happened => happened.Id >= known.Id)
                ? [.. all.Where(happened => happened.Id > known.Id)]
            : all;
    }

    /// <summary>The events since a time, the oldest first.</summary>
    public IReadOnlyList<BalancerEvent> Since(DateTimeOffset time) => [.. All().Where(happened => happened.At >= time)];

    /// <param name="kind">The subject of the event.</param>
    /// <param name="cluster">The cluster; null if the event is about the balancer.</param>
    /// <param name="node">The node; null if the event is about the cluster.</param>
    /// <param name="message">The event in one sentence without a full stop.</param>
    /// <param name="figures">Numbers by name, in camel case with their unit. One that is not finite is left out:
    /// JSON has no form for it.</param>
    public void Publish(
        EventKind kind, string? cluster, string? node, string message, params (string Name, double Value)[] figures)
    {
        // One at a time: a listener that names its last event has received all events before it.
        lock (_lock)
        {
            var happened = new BalancerEvent(
                ++_lastId,
                _run,
                _time.GetUtcNow(),
                kind,
                cluster,
                node,
                message,
                figures.Where(static figure => double.IsFinite(figure.Value))
                    .ToDictionary(figure => figure.Name, figure => figure.Value, StringComparer.Ordinal),
                _cause.Value?.Cause ?? (OnThread.Of == this ? OnThread.Cause : null));
            _recent.Enqueue(happened);
            while (_recent.Count > Remembered)
            {
                _recent.TryDequeue(out _);
            }

            _journal?.Append(happened);
            Happened?.Invoke(happened);
        }
    }

    // The file is read first: an event that is written to it after that is in memory too.
    private List<BalancerEvent> All()
    {
        var kept = _journal?.Read() ?? [];
        var recent = _recent.ToArray();
        var known = recent.Select(EventMark.Of).ToHashSet();
        return [.. kept.Where(happened => !known.Contains(EventMark.Of(happened))), .. recent];
    }

    private sealed class CauseScope(EventCause cause) : IDisposable
    {
        private volatile EventCause? _cause = cause;

        public EventCause? Cause => _cause;

        public void Dispose() => _cause = null;
    }
}
