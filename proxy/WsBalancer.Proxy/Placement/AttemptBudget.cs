using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Health;

namespace WsBalancer.Proxy.Placement;

/// <summary>The attempts and the time of one handshake: what is left of them, and how much of it an attempt gets.
/// </summary>
internal sealed class AttemptBudget(HandshakeOptions options, TimeProvider time)
{
    private int _used;
    private long _attempted;
    private TimeSpan _whole;

    /// <summary>When the handshake began: a timestamp of the clock.</summary>
    public long Begun { get; } = time.GetTimestamp();

    /// <summary>Whether one more attempt is allowed.</summary>
    public bool HasAttempt => _used < options.Attempts;

    /// <summary>Whether none of the attempts is used up.</summary>
    public bool IsUnused => _used == 0;

    /// <summary>The time that was left for the handshake when it was measured last; at first all of it.</summary>
    public TimeSpan Left { get; private set; } = options.Timeout;

    /// <summary>
    /// The part that has passed of the time of the attempt: of the handshake's timeout, or of the trial's.
    /// </summary>
    public double Waited => time.GetElapsedTime(_attempted) / _whole;

    /// <summary>How many attempts are used up by an attempt with this outcome.</summary>
    // The announcement of a drain is not an attempt: it only reports the state of the node.
    public static int UsedBy(AttemptOutcome outcome) => outcome == AttemptOutcome.Draining ? 0 : 1;

    /// <summary>Measures the time that is left for the handshake.</summary>
    /// <returns>Whether there is any.</returns>
    public bool HasTimeLeft()
    {
        Left = options.Timeout - time.GetElapsedTime(Begun);
        return Left > TimeSpan.Zero;
    }

    /// <summary>Begins an attempt, in the time that was left when it was measured last.</summary>
    /// <param name="cluster">The cluster of the handshake.</param>
    /// <param name="trial">The trial, if a silent node is tried with the attempt.</param>
    /// <returns>How long the node may take to respond, and the statuses for which another node is tried.</returns>
    public (TimeSpan Timeout, IReadOnlyList<int> RetryOn) Begin(FleetCluster cluster, NodeTrial? trial)
    {
        var begun = _used + 1;
        var mayContinue = options.RetriesTaken && begun < options.Attempts
            && begun < cluster.Current.CandidateCount;
        var timeout = mayContinue && options.RetryUnanswered ? Left / 2 : Left;
        if (trial?.TimeoutOf(options.Timeout) is { } bound && bound < timeout)
        {
            timeout = bound;
        }

        _whole = trial is null ? options.Timeout : timeout;
        _attempted = time.GetTimestamp();
        return (timeout, mayContinue ? options.RetryOn : []);
    }

    /// <summary>Ends the attempt with its outcome.</summary>
    /// <returns>Whether the handshake may be sent to another node after this outcome.</returns>
    public bool End(AttemptOutcome outcome)
    {
        _used += UsedBy(outcome);
        return outcome != AttemptOutcome.Final && (outcome != AttemptOutcome.Silent || options.RetryUnanswered);
    }
}
