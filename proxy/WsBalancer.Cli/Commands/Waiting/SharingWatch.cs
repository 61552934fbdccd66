namespace WsBalancer.Cli.Commands.Waiting;

/// <summary>
/// Whether the counts of an answer are those of the whole fleet. While Redis cannot be used they are not, and the end
/// of an operation cannot be known; a command bears with that as long as with a balancer that does not answer.
/// </summary>
internal sealed class SharingWatch(TimeProvider time)
{
    private long? _awaySince;

    /// <param name="shared">As the balancer has answered; null if it does not share.</param>
    /// <returns>Whether the other balancers are in the counts, or there are none.</returns>
    public bool IsWhole(bool? shared)
    {
        _awaySince = shared is false ? _awaySince ?? time.GetTimestamp() : null;
        return shared is not false;
    }

    /// <summary>Whether the others were not known for too long.</summary>
    public bool IsExhausted => _awaySince is { } since && time.GetElapsedTime(since) >= Patience.Limit;
}
