using System.Runtime.CompilerServices;
using System.Threading.Channels;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Admin.Events;

/// <summary>
/// One listener's queue of events, from the moment at which it was made. It never holds up those to whom events happen:
/// a listener that lets too many wait gets no more.
/// </summary>
internal sealed class EventListener : IDisposable
{
    /// <summary>How many events may wait.</summary>
    public const int MostWaiting = 1_000;

    private readonly BalancerEvents _events;
    private readonly Channel<BalancerEvent?> _waiting = Channel.CreateBounded<BalancerEvent?>(MostWaiting);
    private readonly ITimer _silence;
    private long _last;

    /// <param name="events">What to listen to.</param>
    /// <param name="past">Selects the past events to send first; null for new events only.</param>
    /// <param name="keepAlive">How often a sign of life is due.</param>
    /// <param name="time">The clock.</param>
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
            // An event during the selection is in both, the past and the queue. Other processes may have the same ids.
            Past = past(events);
            _last = Past.Where(events.IsOfThisRun).Select(happened => happened.Id).LastOrDefault();
        }

        _silence = time.CreateTimer(_ => _waiting.Writer.TryWrite(null), null, keepAlive, keepAlive);
    }

    /// <summary>The past events to send first.</summary>
    public IReadOnlyList<BalancerEvent> Past { get; } = [];

    /// <summary>Whether events were lost because too many waited.</summary>
    public bool IsTooSlow { get; private set; }

    /// <summary>What happens, as it happens; null is a sign of life. Ends when too many wait.</summary>
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
