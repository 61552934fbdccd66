namespace WsBalancer.Cli.Commands.Waiting;

/// <summary>
/// Finds whether the counts of an answer include all balancers. While Redis cannot be used they do not, and the end of
/// an operation cannot be detected: a command waits for Redis as long as for a balancer that does not answer.
/// </summary>
internal sealed class SharingWatch(TimeProvider time)
{
    private long? _awaySince;

    /// <param name="shared">The field of the answer; null if the balancer does not share.</param>
    /// <returns>Whether the other balancers are in the counts, or there are none.</returns>
    public bool IsWhole(bool? shared)
    {
        _awaySince = shared is false ? _awaySince ?? time.GetTimestamp() : null;
        return shared is not false;
    }

    /// <summary>
    /// Ends a wait although this balancer has no tunnel to the node, if the other balancers are unknown for too long;
    /// otherwise null.
    /// </summary>
    public WaitVerdict? VerdictOf(string node, WaitLimit limit, bool isOver)
    {
        var here = $"{node} has no tunnel at this balancer, but Redis cannot be used";
        return IsExhausted ? new WaitVerdict($"{here}: whether the other balancers have tunnels there is not known.")
            : isOver
                ? new WaitVerdict($"{here}, so that the other balancers are not known within --timeout {limit.Text}.")
            : null;
    }

    /// <summary>Whether the other balancers have been unknown for too long.</summary>
    public bool IsExhausted => _awaySince is { } since && time.GetElapsedTime(since) >= RetryPolicy.Limit;
}
