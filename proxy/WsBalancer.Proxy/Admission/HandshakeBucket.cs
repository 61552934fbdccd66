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

    private const double InitialRateShare = 0.1;

    private static readonly TimeSpan MaxRetrySpread = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long _readAt = time.GetTimestamp();
    private long? _slowStartSince;
    private double _tokens = double.PositiveInfinity;
    private double _turnedAway;

    /// <summary>Begins the slow start of a node that is new or healthy again, at a tenth of its rate.</summary>
    public void BeginSlowStart()
    {
        lock (_gate)
        {
            _slowStartSince = _readAt = time.GetTimestamp();

            // Earlier tokens are dropped, but the first handshake does not wait.
            _tokens = 1;
            _turnedAway = 0;
        }
    }

    /// <summary>Takes a turn, if the wait for it is short enough.</summary>
    /// <param name="rate">Handshakes per second.</param>
    /// <param name="slowStart">How long the slow start to that rate takes; null for no slow start.</param>
    /// <param name="maxWait">How long the handshake can wait.</param>
    public HandshakeTurn Take(int rate, TimeSpan? slowStart, TimeSpan maxWait)
    {
        lock (_gate)
        {
            var (earned, now) = Accrue(rate, slowStart?.TotalSeconds ?? 0);
            _tokens = Math.Min(_tokens + earned, Math.Max(1, now));
            _turnedAway = Math.Max(0, _turnedAway - earned);
            var wait = Math.Max(0, 1 - _tokens) / now;
            if (wait > Math.Min(LongestWait, maxWait.TotalSeconds))
            {
                // Refused clients retry: their retries are spread over the time that the node needs for all of them.
                _turnedAway++;
                var over = TimeSpan.FromSeconds(Math.Min(MaxRetrySpread.TotalSeconds, _turnedAway / now));
                return new HandshakeTurn(TimeSpan.Zero, over);
            }

            _tokens--;
            return new HandshakeTurn(TimeSpan.FromSeconds(wait), null);
        }
    }

    /// <summary>Returns the token of a turn that was not used.</summary>
    public void Refund()
    {
        lock (_gate)
        {
            _tokens++;
        }
    }

    // The tokens earned since the last call, and the current rate. The rate of a slow start rises linearly, so its
    // tokens are the area below that line.
    private (double Earned, double Rate) Accrue(int rate, double slowStart)
    {
        var before = _readAt;
        _readAt = time.GetTimestamp();
        if (_slowStartSince is not { } since || slowStart <= 0)
        {
            return (rate * time.GetElapsedTime(before, _readAt).TotalSeconds, rate);
        }

        var from = time.GetElapsedTime(since, before).TotalSeconds;
        var to = time.GetElapsedTime(since, _readAt).TotalSeconds;
        if (from >= slowStart)
        {
            _slowStartSince = null;
        }

        var part = InitialRateShare + ((1 - InitialRateShare) * Math.Min(1, to / slowStart));
        return (rate * (Area(to, slowStart) - Area(from, slowStart)), rate * part);
    }

    private static double Area(double seconds, double slowStart)
    {
        var rising = Math.Min(seconds, slowStart);
        return (InitialRateShare * rising)
            + ((1 - InitialRateShare) * rising * rising / (2 * slowStart))
            + (seconds - rising);
    }
}

/// <summary>The result of <see cref="HandshakeBucket.Take"/>.</summary>
/// <param name="Wait">How long to wait for the turn; zero for no wait.</param>
/// <param name="RetryWithin">Null if the handshake has a turn; otherwise the time over which refused clients should
/// spread their retries.</param>
internal readonly record struct HandshakeTurn(TimeSpan Wait, TimeSpan? RetryWithin);
