namespace WsBalancer.Cli.Run;

/// <summary>
/// When memory is given back: after many tunnels have been opened or closed, in the first second without such a change;
/// and again a minute and five minutes later, as the server's pools release what they do not use little by little.
/// </summary>
internal sealed class TrimTiming
{
    /// <summary>As many changes leave enough behind, whatever the heap has grown by.</summary>
    public const long Worthwhile = 1_000;

    /// <summary>A growth of the heap that is worth a collection after fewer changes.</summary>
    public const long WorthwhileGrowth = 16L << 20;

    /// <summary>Seconds without a change after which memory is given back again.</summary>
    public static readonly int[] Again = [60, 300];

    private long _lastChanges;
    private long _trimmedAt;
    private long _heapThen;
    private int _quietSeconds;
    private int _again = Again.Length;

    /// <summary>Called once a second.</summary>
    /// <param name="changes">How many tunnels have been opened and closed so far.</param>
    /// <param name="heapBytes">The memory of the heap.</param>
    /// <returns>Whether memory is to be given back now; <see cref="Trimmed"/> is called after that.</returns>
    public bool IsDue(long changes, long heapBytes)
    {
        _quietSeconds = changes == _lastChanges ? _quietSeconds + 1 : 0;
        _lastChanges = changes;
        if (_quietSeconds == 0)
        {
            return false;
        }

        var since = changes - _trimmedAt;
        return since >= Worthwhile
            || (since > 0 && heapBytes - _heapThen >= WorthwhileGrowth)
            || (_again < Again.Length && _quietSeconds >= Again[_again]);
    }

    /// <summary>Memory was given back.</summary>
    /// <param name="heapBytes">The memory of the heap after that.</param>
    public void Trimmed(long heapBytes)
    {
        _again = Array.FindIndex(Again, seconds => seconds > _quietSeconds) is var next and >= 0 ? next : Again.Length;
        _trimmedAt = _lastChanges;
        _heapThen = heapBytes;
    }
}
