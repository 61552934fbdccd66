namespace WsBalancer.Proxy.Admission;

/// <summary>
/// Limits the rate of handshakes to one node: up to one second's worth at once, and up to one second's worth more that
/// wait for their turn. Thread-safe. The bucket returns how long to wait; the caller waits.
/// </summary>
/// <remarks>
/// A handshake takes its token at once, even if the token is not earned yet, and then waits until it is. So handshakes
/// continue in the order of their calls, without a queue.
/// </remarks>
internal sealed class HandshakeBucket(TimeProvider time)
{
    // In seconds. A client accepts one second as a slow network; for a longer wait, a 503 with Retry-After is better.
    private const double LongestWait = 1;

    private const double FirstPart = 0.1;

    private static readonly TimeSpan LongestReturn = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long _readAt = time.GetTimestamp();
    private long? _risesSince;
    private double _tokens = double.PositiveInfinity;
    private double _turnedAway;

    /// <summary>Begins the slow start of a node that is new or healthy again, at a tenth of its rate.</summary>
    public void BeginRise()
    {
        lock (_gate)
        {
            _risesSince = _readAt = time.GetTimestamp();

            // Earlier tokens are dropped, but the first handshake does not wait.
            _tokens = 1;
            _turnedAway = 0;
        }
    }

    /// <summary>Takes a turn, if the wait for it is short enough.</summary>
    /// <param name="rate">Handshakes per second.</param>
    /// <param name="slowStart">How long the slow start to that rate takes; null for no slow start.</param>
    /// <param name="patience">How long the handshake can wait.</param>
    public Turn Take(int rate, TimeSpan? slowStart, TimeSpan patience)
    {
        lock (_gate)
        {
            var (earned, now) = Earn(rate, slowStart?.TotalSeconds ?? 0);
            _tokens = Math.Min(_tokens + earned, Math.Max(1, now));
            _turnedAway = Math.Max(0, _turnedAway - earned);
            var wait = Math.Max(0, 1 - _tokens) / now;
            if (wait > Math.Min(LongestWait, patience.TotalSeconds))
            {
                // Refused clients retry: their retries are spread over the time that the node needs for all of them.
                _turnedAway++;
                var over = TimeSpan.FromSeconds(Math.Min(LongestReturn.TotalSeconds, _turnedAway / now));
                return new Turn(TimeSpan.Zero, over);
            }

            _tokens--;
            return new Turn(TimeSpan.FromSeconds(wait), null);
        }
    }

    /// <summary>Returns the token of a turn that was not used.</summary>
    public void GiveBack()
    {
        lock (_gate)
        {
            _tokens++;
        }
    }

    // The tokens earned since the last call, and the current rate. The rate of a slow start rises linearly, so its
    // tokens are the area below that line.
    private (double Earned, double Rate) Earn(int rate, double slowStart)
    {
        var before = _readAt;
        _readAt = time.GetTimestamp();
        if (_risesSince is not { } since || slowStart <= 0)
        {
            return (rate * time.GetElapsedTime(before, _readAt).TotalSeconds, rate);
        }

        var from = time.GetElapsedTime(since, before).TotalSeconds;
        var to = time.GetElapsedTime(since, _readAt).TotalSeconds;
        if (from >= slowStart)
        {
            _risesSince = null;
        }

        var part = FirstPart + ((1 - FirstPart) * Math.Min(1, to / slowStart));
        return (rate * (Area(to, slowStart) - Area(from, slowStart)), rate * part);
    }

    private static double Area(double seconds, double slowStart)
    {
        var rising = Math.Min(seconds, slowStart);
        return (FirstPart * rising) + ((1 - FirstPart) * rising * rising / (2 * slowStart)) + (seconds - rising);
    }
}

/// <summary>The result of <see cref="HandshakeBucket.Take"/>.</summary>
/// <param name="Wait">How long to wait for the turn; zero for no wait.</param>
/// <param name="ComeBackWithin">Null if the handshake has a turn; otherwise the time over which refused clients should
/// spread their retries.</param>
internal readonly record struct Turn(TimeSpan Wait, TimeSpan? ComeBackWithin);
