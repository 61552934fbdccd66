namespace WsBalancer.Proxy.Admission;

/// <summary>
/// The handshakes that one node may be given: so many a second, a second's worth at once, and a second's worth more
/// that wait for their turn. Thread-safe; waiting is the caller's, who is told for how long.
/// </summary>
/// <remarks>
/// A handshake takes its token at once, also one that is yet to come, and then waits until it is there. So the order of
/// coming is the order of going, and there is no queue to keep.
/// </remarks>
internal sealed class HandshakeBucket(TimeProvider time)
{
    // A client takes a second for a slow network; longer, it had better hear that it should come back later.
    private const double LongestWait = 1;

    private const double FirstPart = 0.1;

    private static readonly TimeSpan LongestReturn = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long _readAt = time.GetTimestamp();
    private long? _risesSince;
    private double _tokens = double.PositiveInfinity;
    private double _turnedAway;

    /// <summary>The node is new, or healthy again: it begins with a tenth.</summary>
    public void BeginRise()
    {
        lock (_gate)
        {
            _risesSince = _readAt = time.GetTimestamp();

            // None left over from before, but the first may go.
            _tokens = 1;
            _turnedAway = 0;
        }
    }

    /// <summary>Takes a turn, if there is one that is worth waiting for.</summary>
    /// <param name="rate">Handshakes a second.</param>
    /// <param name="slowStart">How long a node takes to rise to that; null for not at all.</param>
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
                // Those who were turned away will be back: the node can take no more than so many a second of them.
                _turnedAway++;
                var over = TimeSpan.FromSeconds(Math.Min(LongestReturn.TotalSeconds, _turnedAway / now));
                return new Turn(TimeSpan.Zero, over);
            }

            _tokens--;
            return new Turn(TimeSpan.FromSeconds(wait), null);
        }
    }

    /// <summary>Gives a turn back that was not used.</summary>
    public void GiveBack()
    {
        lock (_gate)
        {
            _tokens++;
        }
    }

    // What has been earned since the last look, and what is earned in a second by now. The rise is a straight line, so
    // its tokens are the area below it.
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

/// <summary>What a <see cref="HandshakeBucket"/> says.</summary>
/// <param name="Wait">How long to wait for the turn; zero if it is at once.</param>
/// <param name="ComeBackWithin">Null if there is a turn; else the time over which those without one should
/// return.</param>
internal readonly record struct Turn(TimeSpan Wait, TimeSpan? ComeBackWithin);
