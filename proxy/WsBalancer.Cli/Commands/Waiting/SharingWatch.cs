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
    /// Why a wait ends although this balancer has no tunnel to the node: the other balancers are unknown for too long.
    /// </summary>
    public string? FailureOf(string node, WaitLimit limit)
    {
        var here = $"{node} has no tunnel at this balancer, but Redis cannot be used";
        return IsExhausted ? $"{here}: whether the other balancers have tunnels there is not known."
            : limit.HasPassed ? $"{here}, so that the other balancers are not known within --timeout {limit.Text}."
            : null;
    }

    /// <summary>Whether the other balancers have been unknown for too long.</summary>
    public bool IsExhausted => _awaySince is { } since && time.GetElapsedTime(since) >= RetryPolicy.Limit;
}
