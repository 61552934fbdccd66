using System.Collections.Concurrent;

namespace WsBalancer.Proxy.Telemetry;

/// <summary>What happens at this balancer, as it happens. Thread-safe; who listens must not block.</summary>
internal sealed class BalancerEvents(TimeProvider time)
{
    // Enough for a listener that reconnects to miss nothing of a busy minute.
    private const int Remembered = 1_000;

    private readonly ConcurrentQueue<BalancerEvent> _recent = new();
    private readonly Lock _turn = new();
    private long _lastId;

    /// <summary>Raised for every event, on the thread on which it happened.</summary>
    public event Action<BalancerEvent>? Happened;

    /// <summary>The last events, the oldest first.</summary>
    public IReadOnlyCollection<BalancerEvent> Recent => _recent;

    /// <param name="kind">What it is about.</param>
    /// <param name="cluster">Where.</param>
    /// <param name="node">Which node; null if it is about the cluster.</param>
    /// <param name="message">What happened, in one sentence without a full stop.</param>
    /// <param name="figures">Numbers that say how much; named in camel case, with their unit.</param>
    public void Publish(
        EventKind kind, string cluster, string? node, string message, params (string Name, double Value)[] figures)
    {
        // One at a time: who knows the last one that he heard has heard all before it.
        lock (_turn)
        {
            var happened = new BalancerEvent(
                ++_lastId,
                time.GetUtcNow(),
                kind,
                cluster,
                node,
                message,
                figures.ToDictionary(figure => figure.Name, figure => figure.Value, StringComparer.Ordinal));
            _recent.Enqueue(happened);
            while (_recent.Count > Remembered)
            {
                _recent.TryDequeue(out _);
            }

            Happened?.Invoke(happened);
        }
    }
}

/// <summary>Something that happened.</summary>
internal sealed record BalancerEvent(
    long Id,
    DateTimeOffset At,
    EventKind Kind,
    string Cluster,
    string? Node,
    string Message,
    IReadOnlyDictionary<string, double> Figures);

/// <summary>What an event is about.</summary>
public enum EventKind
{
    /// <summary>A node came, went, or has another weight.</summary>
    Node,

    /// <summary>A node became healthy or unhealthy.</summary>
    Health,

    /// <summary>A drain began, changed, sped up or ended.</summary>
    Drain,

    /// <summary>A rebalance began, paused, went on or ended.</summary>
    Rebalance,

    /// <summary>A ring changed.</summary>
    Ring,

    /// <summary>Balancers of the fleet disagree, or agree again.</summary>
    Disagreement,
}
