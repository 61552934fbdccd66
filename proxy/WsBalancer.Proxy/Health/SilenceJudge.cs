namespace WsBalancer.Proxy.Health;

/// <summary>
/// Judges one node by the handshakes that it takes and does not answer, as a circuit breaker does: several in a row
/// make it silent, then single handshakes are trials, with growing pauses between them, until one is answered. Pure, no
/// clock and no I/O: times are those since any fixed moment. Not thread-safe; its owner locks.
/// </summary>
/// <remarks>Probes do not end the silence: the kernel accepts connections for a process that hangs.</remarks>
internal sealed class SilenceJudge
{
    /// <summary>How often the pause between two trials doubles at most.</summary>
    public const int MostDoublings = 5;

    // The first trial has this part of the time of a handshake, each further one twice as much as the one before.
    private const int FirstTrialPart = 4;

    private int _row;
    private int _failedTrials;
    private TimeSpan _ended = TimeSpan.MinValue;
    private TimeSpan _pause;
    private NodeTrial? _trial;

    public bool IsSilent { get; private set; }

    /// <summary>When the pause before the next trial began.</summary>
    public TimeSpan PausedAt { get; private set; }

    /// <summary>How many handshakes in a row were not answered.</summary>
    public int Unanswered => _row;

    /// <summary>The node has answered a handshake, or ended the connection of one.</summary>
    /// <returns>Whether that was the end of its silence.</returns>
    public bool Answered(TimeSpan now)
    {
        _row = 0;
        return End(now);
    }

    /// <summary>The node has not answered a handshake, which was not a trial.</summary>
    /// <returns>Whether it should become silent.</returns>
    public bool NotAnswered(HealthOptions options)
    {
        _row++;
        return !IsSilent && _row >= options.SilentHandshakes;
    }

    /// <summary>The node is silent from now on. If it was so until a moment ago, its pauses go on to grow.</summary>
    public void Begin(HealthOptions options, TimeSpan now)
    {
        _failedTrials = _ended != TimeSpan.MinValue && now - _ended < _pause ? _failedTrials + 1 : 0;
        IsSilent = true;
        Pause(options, now);
    }

    /// <summary>The silence is over.</summary>
    /// <returns>Whether there was one.</returns>
    public bool End(TimeSpan now)
    {
        var wasSilent = IsSilent;
        if (wasSilent)
        {
            _ended = now;
        }

        IsSilent = false;
        _trial = null;
        _row = 0;
        return wasSilent;
    }

    /// <summary>Begins a trial, if the node is silent, the pause is over, and no other trial is pending.</summary>
    /// <param name="now">The time.</param>
    /// <param name="ended">Called when the handshake is over, with the trial.</param>
    public NodeTrial? TryBegin(TimeSpan now, Action<NodeTrial> ended)
    {
        if (!IsSilent || _trial is not null || now - PausedAt < _pause)
        {
            return null;
        }

        var part = Math.Min(1, Math.ScaleB(1, Math.Min(_failedTrials, MostDoublings)) / FirstTrialPart);
        return _trial = new NodeTrial(part, ended);
    }

    /// <summary>A trial is over, and the node has not answered it. Does nothing for one that is not pending.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="options">Those of the cluster.</param>
    /// <param name="now">The time.</param>
    /// <param name="counts">Whether the next pause is longer: the node was waited for, and others do answer.</param>
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
        _pause = options.TrialAfter * (1 << Math.Min(_failedTrials, MostDoublings));
        PausedAt = now;
    }
}
