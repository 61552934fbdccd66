namespace WsBalancer.Cli.Run;

/// <summary>
/// Decides when memory is returned to the system: in the first second without a change after many tunnels were opened
/// or closed, and later at the times of <see cref="Again"/>, since the pools of the server release unused memory
/// slowly.
/// </summary>
internal sealed class TrimTiming
{
    /// <summary>
    /// The number of changes that leave enough garbage for a collection, whatever the growth of the heap.
    /// </summary>
    public const long Worthwhile = 1_000;

    /// <summary>The growth of the heap, in bytes, that is worth a collection after fewer changes.</summary>
    public const long WorthwhileGrowth = 16L << 20;

    /// <summary>The seconds without a change after which memory is returned again.</summary>
    public static readonly int[] Again = [60, 300, 900, 1_800];

    private long _lastChanges;
    private long _trimmedAt;
    private long _heapThen;
    private int _quietSeconds;
    private int _again = Again.Length;

    /// <summary>Must be called once a second.</summary>
    /// <param name="changes">The number of tunnels that were opened and closed since the start.</param>
    /// <param name="heapBytes">The size of the heap.</param>
    /// <returns>Whether memory must be returned now; the caller then calls <see cref="Trimmed"/>.</returns>
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

    /// <summary>Notes that memory was returned.</summary>
    /// <param name="heapBytes">The size of the heap after the collection.</param>
    public void Trimmed(long heapBytes)
    {
        _again = Array.FindIndex(Again, seconds => seconds > _quietSeconds) is var next and >= 0 ? next : Again.Length;
        _trimmedAt = _lastChanges;
        _heapThen = heapBytes;
    }
}
