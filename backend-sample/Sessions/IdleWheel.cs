namespace WsBalancer.BackendSample.Sessions;

/// <summary>
/// Finds the sessions whose client has been silent for a time. A wheel of buckets, so that a message costs one write,
/// and a check looks only at the sessions that may be due.
/// </summary>
internal sealed class IdleWheel
{
    /// <summary>The number of turns until a session is due: a session is found at most a 64th too late.</summary>
    private const int Turns = 64;

    private readonly HashSet<Session>[] _buckets;
    private readonly TimeSpan _timeout;
    private int _turn;

    public IdleWheel(TimeSpan timeout)
    {
        _timeout = timeout;
        _buckets = [.. Enumerable.Range(0, Turns).Select(_ => new HashSet<Session>())];
    }

    /// <summary>The time between two calls of <see cref="Turn"/>.</summary>
    public TimeSpan Interval => _timeout / Turns;

    public void Add(Session session)
    {
        lock (_buckets)
        {
            Put(session, _timeout);
        }
    }

    public void Remove(Session session)
    {
        lock (_buckets)
        {
            _buckets[session.IdleBucket].Remove(session);
        }
    }

    /// <summary>Takes the sessions that have been silent for the whole time out of the wheel.</summary>
    public List<Session> Turn()
    {
        var idle = new List<Session>();
        lock (_buckets)
        {
            _turn = (_turn + 1) % _buckets.Length;
            var due = _buckets[_turn];
            _buckets[_turn] = [];
            foreach (var session in due)
            {
                var rest = _timeout - session.IdleTime;
                if (rest > TimeSpan.Zero)
                {
                    Put(session, rest);
                }
                else
                {
                    idle.Add(session);
                }
            }
        }

        return idle;
    }

    private void Put(Session session, TimeSpan rest)
    {
        var turns = Math.Clamp((int)Math.Ceiling(rest / Interval), 1, Turns);
        session.IdleBucket = (_turn + turns) % _buckets.Length;
        _buckets[session.IdleBucket].Add(session);
    }
}
