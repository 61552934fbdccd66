using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Sessions;

/// <summary>
/// The end of a client's token: the client is notified when the token expires, and closed with 4001 if it sends no new
/// one in time.
/// </summary>
internal sealed class SessionExpiry
{
    // A timer cannot run longer than 49 days, and the system clock may be set.
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private readonly Session _session;
    private readonly TimeSpan _grace;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private DateTimeOffset _expires;
    private bool _isNotified;

    /// <param name="session">The session.</param>
    /// <param name="expires">When the token expires.</param>
    /// <param name="grace">How long the client may take to send a new token.</param>
    /// <param name="time">The clock.</param>
    public SessionExpiry(Session session, DateTimeOffset expires, TimeSpan grace, TimeProvider time)
    {
        (_session, _grace, _time, _expires) = (session, grace, time, expires);
        _timer = time.CreateTimer(
            static expiry => ((SessionExpiry)expiry!).Check(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        Check();
    }

    /// <summary>Continues with a new token.</summary>
    public void Renew(DateTimeOffset expires)
    {
        lock (_lock)
        {
            (_expires, _isNotified) = (expires, false);
        }

        Check();
    }

    public void Stop() => _timer.Dispose();

    private void Check()
    {
        bool notifies, closes;
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            var isExpired = now >= _expires;
            notifies = isExpired && !_isNotified;
            _isNotified |= notifies;
            closes = now >= _expires + _grace;
            var next = isExpired ? _expires + _grace - now : _expires - now;
            _timer.Change(closes ? Timeout.InfiniteTimeSpan : Shorter(next), Timeout.InfiniteTimeSpan);
        }

        if (notifies)
        {
            _session.Post(Delivery.Control(ServerMessage.TokenExpired(_grace)));
        }

        if (closes)
        {
            _session.Close(SessionClose.TokenExpired);
        }
    }

    // Rounded up: a timer of the system may be a little early.
    private static TimeSpan Shorter(TimeSpan wait) =>
        wait > LongestWait ? LongestWait : TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
}
