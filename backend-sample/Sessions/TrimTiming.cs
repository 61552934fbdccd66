namespace WsBalancer.BackendSample.Sessions;

/// <summary>Decides when a memory trim is worthwhile: after the end of a burst.</summary>
internal sealed class TrimTiming
{
    /// <summary>The unused bytes that make a collection worthwhile.</summary>
    public const long Worthwhile = 16L << 20;

    /// <summary>If fewer bytes than this became unused between two checks, the burst is over.</summary>
    public const long Calm = 1L << 20;

    /// <summary>Checks from one trim to a second one: shared pools keep a buffer for a minute.</summary>
    public const int LooksUntilRepeat = 13;

    /// <summary>A collection of a larger heap takes too long, while every client waits.</summary>
    public const long LargestHeap = 256L << 20;

    /// <summary>The approximate garbage of a session's begin, and of its end, in bytes.</summary>
    public const long LeftBySession = 20 * 1024;

    /// <summary>The approximate bytes that a session holds.</summary>
    public const long HeldBySession = 10 * 1024;

    private long _lastLeft;
    private long _trimmedAt;
    private int _look;
    private int _repeatAt = int.MaxValue;

    /// <summary>Must be called at regular intervals.</summary>
    /// <param name="messages">The bytes that messages have stopped using so far.</param>
    /// <param name="changes">The number of sessions that have begun or ended so far.</param>
    /// <param name="held">The bytes that messages hold now.</param>
    /// <param name="sessions">The current number of sessions.</param>
    /// <returns>Whether to trim now; a true result counts as a trim.</returns>
    public bool IsDue(long messages, long changes, long held, int sessions)
    {
        var left = messages + (changes * LeftBySession);
        var isCalm = left - _lastLeft < Calm;
        _lastLeft = left;
        _look++;
        var isWorthIt = left - _trimmedAt >= Worthwhile;
        if (!isCalm || !(isWorthIt || _look >= _repeatAt) || held + (sessions * HeldBySession) > LargestHeap)
        {
            return false;
        }

        _trimmedAt = left;
        _repeatAt = isWorthIt ? _look + LooksUntilRepeat : int.MaxValue;
        return true;
    }
}
