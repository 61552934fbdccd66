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
        bool notifies;
        TimeSpan rest;
        lock (_lock)
        {
            // Differences only: the end of a token may be that of all times, to which no grace can be added.
            var sinceEnd = _time.GetUtcNow() - _expires;
            rest = _grace - sinceEnd;
            notifies = sinceEnd >= TimeSpan.Zero && !_isNotified;
            _isNotified |= notifies;
            var next = sinceEnd >= TimeSpan.Zero ? rest : -sinceEnd;
            _timer.Change(rest <= TimeSpan.Zero ? Timeout.InfiniteTimeSpan : Shorter(next), Timeout.InfiniteTimeSpan);
        }

        // A token is accepted for a while after its end, so less than the grace may be left.
        if (notifies)
        {
            _session.Post(Delivery.Control(ServerMessage.TokenExpired(rest > TimeSpan.Zero ? rest : TimeSpan.Zero)));
        }

        if (rest <= TimeSpan.Zero)
        {
            _session.Close(SessionClose.TokenExpired);
        }
    }

    // Rounded up: a timer of the system may be a little early.
    private static TimeSpan Shorter(TimeSpan wait) =>
        wait > LongestWait ? LongestWait : TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
}
