namespace WsBalancer.BackendSample.Sessions;

/// <summary>When it is worth it to give memory back: after a burst, once it is over.</summary>
internal sealed class TrimTiming
{
    /// <summary>So many bytes left behind are worth a collection.</summary>
    public const long Worthwhile = 16L << 20;

    /// <summary>With less than this between two looks the burst is over.</summary>
    public const long Calm = 1L << 20;

    /// <summary>After so many looks it is due once more: shared pools keep a buffer for a minute.</summary>
    public const int LooksUntilRepeat = 13;

    /// <summary>A larger heap takes too long to go through, while every client waits.</summary>
    public const long LargestHeap = 256L << 20;

    /// <summary>About what a session leaves behind when it begins, and when it ends.</summary>
    public const long LeftBySession = 20 * 1024;

    /// <summary>About what a session holds.</summary>
    public const long HeldBySession = 10 * 1024;

    private long _lastLeft;
    private long _trimmedAt;
    private int _look;
    private int _repeatAt = int.MaxValue;

    /// <summary>To be asked regularly.</summary>
    /// <param name="messages">The bytes that messages no longer need, so far.</param>
    /// <param name="changes">How many sessions began or ended so far.</param>
    /// <param name="held">The bytes that messages hold now.</param>
    /// <param name="sessions">How many sessions there are now.</param>
    /// <returns>Whether it is time; then it is taken as done.</returns>
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
