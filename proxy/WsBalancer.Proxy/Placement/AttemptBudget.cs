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

    /// <summary>Whether the current attempt is the first one.</summary>
    public bool IsFirst => _used == 1;

    /// <summary>The time that was left for the handshake when it was measured last.</summary>
    public TimeSpan Left { get; private set; }

    /// <summary>
    /// The part that has passed of the time of the attempt: of the handshake's timeout, or of the trial's.
    /// </summary>
    public double Waited => time.GetElapsedTime(_attempted) / _whole;

    /// <summary>Measures the time that is left for the handshake.</summary>
    /// <returns>Whether there is any.</returns>
    public bool HasTimeLeft()
    {
        Left = options.Timeout - time.GetElapsedTime(Begun);
        return Left > TimeSpan.Zero;
    }

    /// <summary>Begins an attempt at a node, in the time that is left.</summary>
    /// <param name="handshake">The handshake.</param>
    /// <param name="node">The node.</param>
    /// <param name="trial">The trial, if a silent node is tried with the attempt.</param>
    public void Begin(Handshake handshake, Node node, NodeTrial? trial)
    {
        _used++;
        var mayContinue = options.RetriesTaken && HasAttempt && _used < AvailableNodesOf(handshake.Cluster);
        var patience = mayContinue && options.RetryUnanswered ? Left / 2 : Left;
        if (trial?.TimeoutOf(options.Timeout) is { } bound && bound < patience)
        {
            patience = bound;
        }

        handshake.Begin(node, patience, retryOn: mayContinue ? options.RetryOn : []);
        _whole = trial is null ? options.Timeout : patience;
        _attempted = time.GetTimestamp();
    }

    /// <summary>Whether the handshake may be sent to another node after the outcome of its attempt.</summary>
    public bool MayRetry(AttemptOutcome outcome)
    {
        // The announcement of a drain is not an attempt: it only reports the state of the node.
        _used -= outcome == AttemptOutcome.Draining ? 1 : 0;
        return outcome != AttemptOutcome.Done && (outcome != AttemptOutcome.Silent || options.RetryUnanswered);
    }

    private static int AvailableNodesOf(FleetCluster cluster) =>
        cluster.Current.Nodes.Count(static node => node is { Weight: > 0, IsDraining: false });
}
