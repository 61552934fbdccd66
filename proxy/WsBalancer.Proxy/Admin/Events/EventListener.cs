using System.Runtime.CompilerServices;
using System.Threading.Channels;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Admin.Events;

/// <summary>
/// The queue of events of one listener, from its creation on. A full queue does not block the publisher: it ends the
/// stream of the listener.
/// </summary>
internal sealed class EventListener : IDisposable
{
    /// <summary>The maximum of queued events.</summary>
    public const int MaxWaiting = 1_000;

    private readonly BalancerEvents _events;
    private readonly Channel<BalancerEvent?> _waiting = Channel.CreateBounded<BalancerEvent?>(MaxWaiting);
    private readonly ITimer _silence;
    private long _last;

    /// <param name="events">The events of the balancer.</param>
    /// <param name="past">Selects the past events to send first; null for new events only.</param>
    /// <param name="keepAlive">The interval of the keep-alives.</param>
    /// <param name="time">The clock of the keep-alives.</param>
    public EventListener(
        BalancerEvents events,
        Func<BalancerEvents, IReadOnlyList<BalancerEvent>>? past,
        TimeSpan keepAlive,
        TimeProvider time)
    {
        _events = events;
        _events.Happened += OnHappened;
        if (past is not null)
        {
            // An event that is published during the selection is both in the past and in the queue. Only ids of this
            // process are compared, since other processes may have the same ones.
            Past = past(events);
            _last = Past.Where(events.IsOfThisRun).Select(happened => happened.Id).LastOrDefault();
        }

        _silence = time.CreateTimer(_ => _waiting.Writer.TryWrite(null), null, keepAlive, keepAlive);
    }

    /// <summary>The past events to send first.</summary>
    public IReadOnlyList<BalancerEvent> Past { get; } = [];

    /// <summary>Whether events were lost because the queue was full.</summary>
    public bool IsTooSlow { get; private set; }

    /// <summary>The new events; null is a keep-alive. Ends when the queue is full.</summary>
    public async IAsyncEnumerable<BalancerEvent?> ReadAsync(
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var happened in _waiting.Reader.ReadAllAsync(cancellation))
        {
            // Events that are also in the past are not repeated.
            if (happened is null || happened.Id > _last)
            {
                _last = happened?.Id ?? _last;
                yield return happened;
            }
        }
    }

    public void Dispose()
    {
        _events.Happened -= OnHappened;
        _silence.Dispose();
        _waiting.Writer.TryComplete();
    }

    private void OnHappened(BalancerEvent happened)
    {
        if (!_waiting.Writer.TryWrite(happened))
        {
            IsTooSlow = true;
            _waiting.Writer.TryComplete();
        }
    }
}
