namespace WsBalancer.Proxy.Health;

/// <summary>
/// Judges one node by the handshakes that it receives and does not answer, like a circuit breaker: several in a row
/// make the node silent, then single handshakes are trials, with growing pauses between them, until one is answered. No
/// clock, no I/O: all times are measured from one fixed moment. Not thread-safe: the owner locks.
/// </summary>
/// <remarks>
/// A successful probe does not end the silence, since the kernel accepts connections for a process that hangs. The
/// exception is a node that probes had found unhealthy.
/// </remarks>
internal sealed class SilenceJudge
{
    /// <summary>The maximum number of doublings of the pause between two trials.</summary>
    public const int MaxDoublings = 5;

    // The handshake timeout divided by this is the time of the first trial. Each further trial has twice as much time,
    // up to the whole timeout.
    private const int FirstTrialDivisor = 4;

    private int _unanswered;
    private int _failedTrials;
    private TimeSpan _ended = TimeSpan.MinValue;
    private TimeSpan _pause;
    private NodeTrial? _trial;

    public bool IsSilent { get; private set; }

    /// <summary>When the pause before the next trial began.</summary>
    public TimeSpan PausedAt { get; private set; }

    /// <summary>The number of unanswered handshakes in a row.</summary>
    public int Unanswered => _unanswered;

    /// <summary>The node has answered a handshake, or ended the connection of one.</summary>
    /// <returns>Whether the node was silent until now.</returns>
    public bool Answered(TimeSpan now)
    {
        _unanswered = 0;
        return End(now);
    }

    /// <summary>The node has not answered a handshake that was not a trial.</summary>
    /// <returns>Whether the node should become silent.</returns>
    public bool NotAnswered(HealthOptions options)
    {
        _unanswered++;
        return !IsSilent && _unanswered >= options.SilentHandshakes;
    }

    /// <summary>The node is silent from now on. Pauses continue to grow if the last silence ended less than a pause
    /// ago.</summary>
    public void Begin(HealthOptions options, TimeSpan now)
    {
        _failedTrials = _ended != TimeSpan.MinValue && now - _ended < _pause ? _failedTrials + 1 : 0;
        IsSilent = true;
        Pause(options, now);
    }

    /// <summary>The silence is over.</summary>
    /// <returns>Whether the node was silent.</returns>
    public bool End(TimeSpan now)
    {
        var wasSilent = IsSilent;
        if (wasSilent)
        {
            _ended = now;
        }

        IsSilent = false;
        _trial = null;
        _unanswered = 0;
        return wasSilent;
    }

    /// <summary>Begins a trial, if the node is silent, the pause is over, and no other trial is pending.</summary>
    /// <param name="now">The current time.</param>
    /// <param name="ended">Called when the handshake is over, with the trial.</param>
    public NodeTrial? TryBegin(TimeSpan now, Action<NodeTrial> ended)
    {
        if (!IsSilent || _trial is not null || now - PausedAt < _pause)
        {
            return null;
        }

        var part = Math.Min(1, Math.ScaleB(1, Math.Min(_failedTrials, MaxDoublings)) / FirstTrialDivisor);
        return _trial = new NodeTrial(part, ended);
    }

    /// <summary>A trial is over without an answer of the node. No effect if the trial is not pending.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="options">The options of the cluster.</param>
    /// <param name="now">The current time.</param>
    /// <param name="counts">Whether the next pause is longer: the node had its full time, and other nodes do answer.
    /// </param>
    public void Failed(NodeTrial trial, HealthOptions options, TimeSpan now, bool counts)
    {
        if (_trial == trial)
        {
            _trial = null;
            _failedTrials += counts ? 1 : 0;
            Pause(options, now);
        }
    }

    private void Pause(HealthOptions options, TimeSpan now)
    {
        _pause = options.TrialAfter * (1 << Math.Min(_failedTrials, MaxDoublings));
        PausedAt = now;
    }
}
