namespace WsBalancer.Cli.Run;

/// <summary>When it is time to give memory back: once after every storm of handshakes, when it is over.</summary>
internal sealed class TrimTiming
{
    /// <summary>So many handshakes leave enough behind.</summary>
    public const long Worthwhile = 1_000;

    /// <summary>A larger heap takes too long to go through while every tunnel waits.</summary>
    public const long LargestHeap = 256L << 20;

    private long _lastOpened;
    private long _trimmedAt;

    /// <summary>To be asked regularly.</summary>
    /// <param name="opened">How many tunnels have been opened so far.</param>
    /// <param name="heapBytes">How much is allocated.</param>
    /// <returns>Whether it is time; then it is taken as done.</returns>
    public bool IsDue(long opened, long heapBytes)
    {
        var isQuiet = opened == _lastOpened;
        _lastOpened = opened;
        if (!isQuiet || opened - _trimmedAt < Worthwhile || heapBytes > LargestHeap)
        {
            return false;
        }

        _trimmedAt = opened;
        return true;
    }
}
